// What somebody sees who runs the one command: ./launch.sh --with-sample, the page, the code from
// the terminal, the waking, and an answer by a real small model from today's memory.
import assert from 'node:assert/strict';
import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {after, before, test} from 'node:test';

import type {Browser, Page} from 'playwright-core';

import {assertAccessible, csrfToken, launch, openPage} from './browser.ts';
import {CODE, PASSWORD, URL_SHOWN} from './server.ts';

const SKIPPED = 77;
const ROOT = resolve(import.meta.dirname, '../..');
const MODEL = join(process.env.MBE_CHAT_MODELS ?? '', 'gemma-3-270m-q8_0.gguf');
const ANSWER_MS_MAX = 300_000;
const WIDTHS = [360, 768, 1440];
const TRIES_MAX = 8;

let folder: string;
let browser: Browser;
let page: Page;
let program: ChildProcess;
let url = '';
let code = '';

/** A picture at each width, beside the build; somebody should look at them. */
async function look(name: string): Promise<void> {
  const shots = process.env.MBE_SHOTS;
  if (shots === undefined) return;
  mkdirSync(shots, {recursive: true});
  for (const width of WIDTHS) {
    await page.setViewportSize({width, height: 900});
    await page.screenshot({path: join(shots, `${name}-${width}.png`)});
  }
  await page.setViewportSize({width: 1280, height: 900});
}

before(async () => {
  if (!existsSync(MODEL)) {
    console.log(`SKIPPED: there is no ${MODEL}; run tools/setup --tests`);
    process.exit(SKIPPED);
  }
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), 'mbe-launch-'));
  mkdirSync(join(folder, 'models'));
  symlinkSync(MODEL, join(folder, 'models/small.gguf'));
  // A base model talks on until it is stopped: short answers, or the test takes minutes.
  mkdirSync(join(folder, 'home'), {mode: 0o700});
  writeFileSync(join(folder, 'home/circuits.toml'),
                '[models.small]\nfile = "models/small.gguf"\n[circuits.self]\nmodel = "small"\n' +
                'deadline_ms = 1000\n[synthesis]\nanswer_tokens = 16\nprompt_tokens = 2048\n');
  program = spawn(join(ROOT, 'launch.sh'),
                  ['--home', join(folder, 'home'), '--port', '0', '--with-sample',
                   '--models', join(folder, 'models')],
                  {env: {...process.env, TZ: 'Asia/Seoul', LANG: 'C.UTF-8'},
                   stdio: ['ignore', 'pipe', 'pipe']});
  let said = '';
  await new Promise<void>((ready, failed) => {
    const hear = (bytes: Buffer): void => {
      said += bytes.toString();
      if (URL_SHOWN.test(said) && said.includes('Ctrl-C')) ready();
    };
    program.stdout?.on('data', hear);
    program.stderr?.on('data', hear);
    program.once('exit', () => failed(new Error(`launch.sh ended: ${said}`)));
  });
  url = URL_SHOWN.exec(said)?.[0] ?? '';
  code = CODE.exec(said)?.[0] ?? '';
  page = await openPage(browser);
});
after(async () => {
  await browser?.close();
  if (program !== undefined && program.exitCode === null) {
    const ended = new Promise((done) => program.once('exit', done));
    program.kill('SIGTERM');
    await ended;
  }
  if (folder !== undefined) rmSync(folder, {recursive: true});
});

test('Launch.EndsWithAPageThatAsksForTheCode', async () => {
  await page.goto(url);
  await page.getByRole('heading', {level: 1, name: '처음 만나는 날'}).waitFor();
  await look('1-first-run');
});

test('Launch.TheCodeMakesTheOriginAndEchoWakes', async () => {
  await page.getByLabel('터미널에 적힌 코드').fill(code);
  const name = page.getByLabel('이름');
  if (await name.inputValue() === '') await name.fill('origin');
  await page.getByLabel('비밀번호', {exact: true}).fill(PASSWORD);
  await page.getByRole('button', {name: '시작하기'}).click();
  await page.getByRole('heading', {level: 1, name: '깨어난 Echo'}).waitFor();
  await page.getByText('나는 에코다. 너는 나의 오리진이다.').waitFor();
  await look('2-waking');
  await assertAccessible(page, 'waking');
});

test('Launch.EchoAnswersFromTodaysMemoryByARealModel', async () => {
  page.setDefaultTimeout(ANSWER_MS_MAX);
  await page.getByRole('navigation', {name: '주요 화면'}).getByRole('link', {name: '대화'}).click();
  const field = page.getByRole('textbox', {name: 'Echo에게 할 말'});
  for (const said of ['오늘 아침에 바닷가를 걷다가 하얀 조개를 주웠어', '에코야 오늘 하루 요약해줘.']) {
    await field.fill(said);
    await page.keyboard.press('Enter');
    await page.getByRole('button', {name: '보내기'}).waitFor();
  }
  const turn = page.locator('.turns > li').last();
  assert.ok((await turn.locator('.markdown').innerText()).trim().length > 0);
  await turn.getByText('남긴 기억 2개').waitFor();
  await look('3-chat');
  // What it knows of today is what was said today. A base model may end before it has begun, and
  // memory answers then: it is asked again.
  const headers = {'Content-Type': 'application/json', 'X-CSRF-Token': await csrfToken(page)};
  const askAgain = async () => await page.evaluate(async (given) => {
    const response = await fetch('/api/ask', {
      method: 'POST', headers: given,
      body: JSON.stringify({question: '에코야 오늘 하루 요약해줘.', temporary: true,
                            conversation: 'another', route: 'direct'})});
    return await response.json() as {made_of: string; memories: number[]};
  }, headers);
  let answer = await askAgain();
  for (let tries = 1; tries < TRIES_MAX && answer.made_of !== 'models'; ++tries) {
    answer = await askAgain();
  }
  assert.equal(answer.made_of, 'models');
  const shown = await page.evaluate(
    async ([blocks, given]) => await Promise.all(blocks.map(async (one) => {
      const response = await fetch('/v1/show', {
        method: 'POST', headers: given, body: JSON.stringify({block_index: one})});
      return (await response.json() as {context: string}).context;
    })), [answer.memories, headers] as const);
  assert.ok(shown.some((text) => text.includes('하얀 조개')), shown.join('\n'));
});
