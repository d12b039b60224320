// Enter during the composition of a Korean syllable sends exactly once, with the whole syllable.
// The events come from the browser's own input method interface, in the order of a real one.
import assert from 'node:assert/strict';
import {after, before, beforeEach, test} from 'node:test';

import type {Browser, CDPSession, Page} from 'playwright-core';

import {launch, logIn, openPage} from './browser.ts';
import {Server} from './server.ts';

let server: Server;
let browser: Browser;
let page: Page;
let keys: CDPSession;
let asked: string[] = [];

before(async () => {
  browser = await launch();
  server = await Server.start({people: {mina: 'origin'}, speaks: true});
  page = await openPage(browser);
  await logIn(page, server.url, 'mina');
  keys = await page.context().newCDPSession(page);
  page.on('request', (request) => {
    if (new URL(request.url()).pathname !== '/api/ask') return;
    asked.push((request.postDataJSON() as {question: string}).question);
  });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  asked = [];
  await page.locator('#question').fill('');
  await page.locator('#question').focus();
});

async function compose(text: string): Promise<void> {
  await keys.send('Input.imeSetComposition',
                  {text, selectionStart: text.length, selectionEnd: text.length});
}
/** Enter as it comes while an input method holds the keyboard. */
async function enterWhileComposing(): Promise<void> {
  const key = {key: 'Process', code: 'Enter', windowsVirtualKeyCode: 229};
  await keys.send('Input.dispatchKeyEvent', {type: 'rawKeyDown', ...key});
}
async function releaseEnter(): Promise<void> {
  await keys.send('Input.dispatchKeyEvent',
                  {type: 'keyUp', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13});
}
async function answered(): Promise<void> {
  await page.getByRole('button', {name: '보내기'}).waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null);
}

test('KoreanInput.SendsOnceWhenEnterEndsTheComposition', async () => {
  await keys.send('Input.insertText', {text: '안녕하세'});
  await compose('ㅇ');
  await compose('요');
  await enterWhileComposing();
  assert.deepEqual(asked, []);  // not before the syllable is there
  await keys.send('Input.insertText', {text: '요'});
  await releaseEnter();
  await page.locator('.question').getByText('안녕하세요', {exact: false}).last().waitFor();
  await answered();
  assert.deepEqual(asked, ['안녕하세요']);
  assert.equal(await page.locator('#question').inputValue(), '');
});

test('KoreanInput.SendsOnceWhereASecondEnterFollows', async () => {
  await compose('네');
  await enterWhileComposing();
  await keys.send('Input.insertText', {text: '네'});
  // Some input methods send the key once more after the composition has ended.
  await page.keyboard.press('Enter');
  await answered();
  assert.deepEqual(asked, ['네']);
  assert.equal(await page.locator('#question').inputValue(), '');
});

test('KoreanInput.SendsNothingWhenACompositionEndsWithoutEnter', async () => {
  await compose('좋');
  await keys.send('Input.insertText', {text: '좋'});
  await page.keyboard.type('아');
  assert.equal(await page.locator('#question').inputValue(), '좋아');
  assert.deepEqual(asked, []);
});

test('KoreanInput.BeginsALineWithShiftAndEnter', async () => {
  await page.keyboard.type('하나');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('둘');
  assert.equal(await page.locator('#question').inputValue(), '하나\n둘');
  assert.deepEqual(asked, []);
});

test('KoreanInput.LeavesEnterToOthersInputMethods', async () => {
  await compose('にほん');
  await enterWhileComposing();
  await keys.send('Input.insertText', {text: '日本'});
  await releaseEnter();
  assert.equal(await page.locator('#question').inputValue(), '日本');
  assert.deepEqual(asked, []);
  await page.keyboard.press('Enter');
  await answered();
  assert.deepEqual(asked, ['日本']);
});
