// The public conformance suite, as each revision requires it, against the fixture behind the door
// that `mbe serve` has. Usage: conformance_test.ts mbe_mcp_fixture
import {type ChildProcessByStdio, spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable, Writable} from 'node:stream';

const here = import.meta.dirname;
const suite = join(here, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const SKIPPED = 77;

async function firstLine(stream: Readable): Promise<string> {
  for await (const line of createInterface({input: stream})) return line;
  throw new Error('the fixture said no port');
}

/** What the suite finds at the URL by a revision; whether all that it requires passed. */
function judged(url: string, revision: string, folder: string): boolean {
  const words = [suite, 'server', '--url', url, '--requirements', revision];
  const env = {...process.env, NO_COLOR: '1'};
  const run = spawnSync(process.execPath, words, {cwd: folder, encoding: 'utf-8', env});
  const lines = `${run.stdout}${run.stderr}`.split('\n');
  const sound = run.status === 0;
  console.log(`${revision}: ${sound ? 'conforms' : 'DOES NOT CONFORM'}`);
  // What fails beyond that is of extensions that are not spoken, or not yet required of anybody.
  const told = sound ? lines.slice(lines.findIndex((line) => line.startsWith('Total'))) : lines;
  console.log(told.slice(-120).join('\n'));
  return sound;
}

async function main(): Promise<number> {
  const fixture = process.argv[2];
  if (fixture === undefined) throw new Error('usage: conformance_test.ts mbe_mcp_fixture');
  if (!existsSync(suite)) {
    console.log('SKIPPED: the conformance suite is not installed; run tools/setup --tests');
    return SKIPPED;
  }
  const folder = mkdtempSync(join(tmpdir(), 'mbe-conformance-'));
  const server: ChildProcessByStdio<Writable, Readable, null> =
    spawn(fixture, [join(here, 'fixture.json'), folder], {stdio: ['pipe', 'pipe', 'inherit']});
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    const url = `http://127.0.0.1:${await firstLine(server.stdout)}/mcp`;
    const results = ['2025-11-25', '2026-07-28'].map((revision) => judged(url, revision, folder));
    return results.every(Boolean) ? 0 : 1;
  } finally {
    server.stdin.end();
    await ended;
    rmSync(folder, {recursive: true});
  }
}

process.exit(await main());
