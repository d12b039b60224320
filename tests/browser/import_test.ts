// A conversation from elsewhere becomes memory: chosen, looked into, imported, and not twice.
import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import type {Browser, Page} from 'playwright-core';

import {assertAccessible, launch, logIn, openPage} from './browser.ts';
import {Server} from './server.ts';

const KAKAO = `달리기 모임 님과 카카오톡 대화
저장한 날짜 : 2026-10-02 14:23:11

--------------- 2026년 10월 1일 목요일 ---------------
하늘님이 미나님을 초대하였습니다.
[미나] [오전 9:05] 봄에는 마라톤을 한번 뛰어 보고 싶다
[하늘] [오전 9:06] 그럼 이번 주부터 조금씩 달려 볼까?
[하늘] [오전 9:07] 사진
[미나] [오후 3:15] 오늘 5km 달렸다
다리가 아프다
`;
const shots = process.env.MBE_SHOTS;

let server: Server;
let browser: Browser;

before(async () => {
  browser = await launch();
  server = await Server.start({people: {mina: 'origin', sol: 'guest'}});
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function choose(page: Page, name: string, text: string): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(
    {name, mimeType: 'text/plain', buffer: Buffer.from(text)});
}

async function shot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, {recursive: true});
  await page.screenshot({path: join(shots, `import-${name}.png`), fullPage: true});
}

for (const [width, language] of [[360, 'ko'], [768, 'en'], [1440, 'ko']] as const) {
  test(`Import.IsAccessibleAt_${width}_${language}`, async () => {
    const page = await openPage(browser, {language, width,
      scheme: width === 768 ? 'dark' : 'light'});
    await logIn(page, server.url, 'mina');
    await page.goto(`${server.url}/import`);
    await page.locator('main details summary').click();
    await assertAccessible(page, `choose, ${width}`);
    await shot(page, `choose-${width}`);
    await choose(page, 'talk.txt', `${KAKAO}\n[ 어긋난 줄\n`.replace('10월', '13월'));
    await page.locator('main button.main').waitFor();
    await page.locator('main details summary').click();
    await assertAccessible(page, `preview, ${width}`);
    await shot(page, `preview-${width}`);
    await page.locator('main button').last().click();
    await page.locator('input[type=file]').waitFor();
    await page.context().close();
  });
}

test('Import.ShowsWhatIsInAFileAndRemembersIt', async () => {
  const page = await openPage(browser);
  await logIn(page, server.url, 'mina');
  await page.goto(`${server.url}/memory`);
  await page.getByRole('link', {name: '대화 가져오기'}).click();
  await choose(page, 'talk.txt', KAKAO);
  await page.getByRole('button', {name: '3개 가져오기'}).waitFor();
  const shown = await page.locator('main').innerText();
  for (const part of ['카카오톡', '미나 2 · 하늘 1', '사진과 파일 1', '알림 1', '2026년 10월 1일']) {
    assert.ok(shown.includes(part), `${part} in ${shown}`);
  }
  assert.deepEqual(server.texts(), [], 'nothing is remembered before one says so');
  await page.getByLabel('이 가운데 누가 나인가요?').selectOption('미나');
  await page.getByRole('button', {name: '3개 가져오기'}).press('Enter');
  await page.getByRole('heading', {name: '새 기억 3개'}).waitFor();
  await assertAccessible(page, 'result');
  await shot(page, 'result');
  assert.deepEqual(server.texts().length, 3);
  const first = JSON.parse(server.program(['show', '1', '--json'])) as Record<string, unknown>;
  assert.equal(first.timestamp, '2026-10-01T00:05:00Z');
  assert.equal(first.speaker, '오리진');
  assert.equal(first.trust, 'imported');
  await page.getByRole('button', {name: '다른 파일 고르기'}).click();
  await choose(page, 'talk.txt', `${KAKAO}[하늘] [오후 3:16] 푹 쉬어\n`);
  await page.getByRole('button', {name: '4개 가져오기'}).click();
  await page.getByRole('heading', {name: '새 기억 1개'}).waitFor();
  await page.getByText('3개는 이미 있었습니다.').waitFor();
});

test('Import.GoesIntoTheGuestsOwnMemory', async () => {
  const before = server.texts().length;
  const page = await openPage(browser, {language: 'en'});
  await logIn(page, server.url, 'sol');
  await page.goto(`${server.url}/import`);
  await choose(page, 'a.md', '# Plans\nA note of the guest\n');
  await page.getByRole('button', {name: 'Import 1'}).click();
  await page.getByRole('heading', {name: '1 new memories'}).waitFor();
  assert.equal(server.texts().length, before);
});

test('Import.SaysWhatItCannotRead', async () => {
  const page = await openPage(browser, {language: 'en'});
  await logIn(page, server.url, 'mina');
  await page.goto(`${server.url}/import`);
  await choose(page, 'a.json', '[{"nothing": "known"}]');
  await page.getByText('the format is not known').waitFor();
  await page.getByLabel('Form of the file').selectOption('chatgpt');
  await page.getByText('Could not be read: 1').waitFor();
  assert.ok(await page.getByRole('button', {name: 'Import 0'}).isDisabled());
});
