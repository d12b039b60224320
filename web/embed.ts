// Zips the built page and writes the C++ table that puts it into the program:
//   node embed.ts FOLDER TABLE.cpp     the bytes go to TABLE.bin beside it
import {createHash} from 'node:crypto';
import {readFileSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {extname, join, relative} from 'node:path';
import {gzipSync} from 'node:zlib';

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

const [folder, table] = process.argv.slice(2);
if (folder === undefined || table === undefined) throw new Error('usage: embed.ts FOLDER TABLE');
const bytes = table.replace(/\.cpp$/, '.bin');
const parts: Buffer[] = [];
const rows: string[] = [];
let offset = 0;
for (const name of readdirSync(folder, {recursive: true, encoding: 'utf-8'}).sort()) {
  const file = join(folder, name);
  if (!statSync(file).isFile()) continue;
  const type = CONTENT_TYPES[extname(file)];
  if (type === undefined) throw new Error(`no content type for ${name}`);
  const content = readFileSync(file);
  const zipped = gzipSync(content, {level: 9});
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const path = '/' + relative(folder, file);
  rows.push(`    {"${path}", "${type}", "${digest}", {mbe_pages_begin + ${offset}, ` +
      `${zipped.length}}},`);
  parts.push(zipped);
  offset += zipped.length;
}

writeFileSync(bytes, Buffer.concat(parts));
writeFileSync(table, `// Made by web/embed.ts.
#include "server/pages.h"

asm(".section .rodata\\n"
    ".global mbe_pages_begin\\n"
    "mbe_pages_begin:\\n"
    ".incbin \\"${bytes}\\"\\n"
    ".previous\\n");
extern "C" const char mbe_pages_begin[];

namespace mbe {

std::span<const PageFile> built_pages() {
  static const PageFile files[] = {
${rows.join('\n')}
  };
  return files;
}

}  // namespace mbe
`);
