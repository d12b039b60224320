// The official TypeScript client of revision 2025-11-25 against the real program, over standard
// streams and over HTTP; and what the list of tools costs a model. Usage: typescript_test.ts mbe
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

const SKIPPED = 77;
const TOKENS_MAX = 1_500;
const WISH = '나는 봄에 마라톤을 하고 싶다';
const DICTIONARY = 'mecab-ko-dic-2.1.1.post2';
if (!existsSync(join(import.meta.dirname, 'node_modules/@modelcontextprotocol/sdk'))) {
  console.log('SKIPPED: the MCP clients are not installed; run tools/setup --tests');
  process.exit(SKIPPED);
}
const {Client} = await import('@modelcontextprotocol/sdk/client/index.js');
const {StdioClientTransport} = await import('@modelcontextprotocol/sdk/client/stdio.js');
const {StreamableHTTPClientTransport} =
  await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
const {countTokens} = await import('gpt-tokenizer/encoding/o200k_base');

type Connected = InstanceType<typeof Client>;
const mbe = process.argv[2] ?? '';
const home = mkdtempSync(join(tmpdir(), 'mbe-mcp-'));
// The dictionary without a model: loading one takes a second, and another test does it.
const cache = process.env.MBE_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mbe');
mkdirSync(join(home, 'cache'));
symlinkSync(join(cache, DICTIONARY), join(home, 'cache', DICTIONARY));
const env = {PATH: process.env.PATH ?? '', MBE_CACHE: join(home, 'cache')};

async function call(client: Connected, name: string, given: Record<string, unknown>) {
  const result = await client.callTool({name, arguments: given});
  return {
    error: result.isError === true,
    said: (result.content as {text: string}[])[0]?.text ?? '',
    value: result.structuredContent as Record<string, unknown>,
  };
}

/** All that a client of an assistant does; the client checks each answer against its schema. */
async function everything(client: Connected): Promise<void> {
  const {tools} = await client.listTools();
  assert.equal(tools.length, 7);
  const tokens = countTokens(JSON.stringify(tools));
  console.log(`the list of tools: ${tokens} tokens`);
  assert.ok(tokens <= TOKENS_MAX, `${tokens} tokens`);
  const kept = await call(client, 'remember', {text: WISH});
  const found = await call(client, 'recall', {cue: '봄에 뭐 하고 싶댔지?'});
  assert.equal((found.value.hits as {context: string}[])[0]?.context, WISH);
  assert.match(found.said, /\[\[memory [a-z2-7]{16} #\d+ \| [\d-]+ \| tool\]\]/);
  const index = kept.value.block_index;
  assert.equal((await call(client, 'show', {block_index: index})).value.context, WISH);
  const now = await call(client, 'update', {block_index: index, text: '가을에 뛰고 싶다'});
  assert.ok(Number(now.value.block_index) > Number(index));
  assert.equal(((await call(client, 'timeline', {})).value.days as unknown[]).length, 1);
  const preview = await call(client, 'forget', {blocks: [index]});
  assert.equal(preview.value.erased, false);
  const done = await call(client, 'forget', {blocks: [index], count: preview.value.count});
  assert.equal(done.value.erased, true);
  assert.ok((await call(client, 'show', {block_index: 999_999})).error);
  const sound = await call(client, 'memory_operation', {name: 'verify'});
  assert.equal(sound.value.ok, true);
}

function program(words: string[], input = ''): string {
  return execFileSync(mbe, ['--home', home, ...words], {input, encoding: 'utf-8', env});
}

async function overStreams(): Promise<void> {
  const client = new Client({name: 'test', version: '1'});
  await client.connect(new StdioClientTransport(
    {command: mbe, args: ['--home', join(home, 'streams'), 'mcp'], env}));
  await everything(client);
  await client.close();
  console.log('standard streams: all seven tools');
}

async function overHttp(): Promise<void> {
  program(['people', 'add', 'mina', '--role', 'origin'], 'twelve characters\n');
  const rights = ['--rights', 'read,write,erase', '--json'];
  const made = program(['people', 'key', 'create', 'mina', ...rights]);
  const {key} = JSON.parse(made) as {key: string};
  const server = spawn(mbe, ['--home', home, 'serve', '--port', '0', '--json', '--log', 'none'],
                       {stdio: ['ignore', 'pipe', 'inherit'], env});
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    const lines = createInterface({input: server.stdout})[Symbol.asyncIterator]();
    const {port} = JSON.parse((await lines.next()).value as string) as {port: number};
    const url = new URL(`http://127.0.0.1:${port}/mcp`);
    const headers = {Authorization: `Bearer ${key}`};
    const transport = new StreamableHTTPClientTransport(url, {requestInit: {headers}});
    const client = new Client({name: 'test', version: '1'});
    await client.connect(transport);
    assert.ok(transport.sessionId);
    await everything(client);
    await transport.terminateSession();
    await client.close();
    const stranger = new Client({name: 'test', version: '1'});
    await assert.rejects(stranger.connect(new StreamableHTTPClientTransport(url)));
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
  console.log('HTTP: all seven tools, a session, no stranger');
}

try {
  await overStreams();
  await overHttp();
} finally {
  rmSync(home, {recursive: true});
}
