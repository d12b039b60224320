// What changes something needs the token of the login, which only the login's own pages have.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import type {Browser, Page} from 'playwright-core';

import {csrfToken, launch, logIn, openPage} from './browser.ts';
import {PASSWORD, Server} from './server.ts';

let server: Server;
let browser: Browser;
let page: Page;

before(async () => {
  browser = await launch();
  server = await Server.start({people: {mina: 'origin', jun: 'member'}});
  page = await openPage(browser, {language: 'en'});
  await logIn(page, server.url, 'mina');
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The status of a request that writes `text`, with the cookie and this token. */
const remember = async (text: string, token: string): Promise<number> =>
  await page.evaluate(async ([said, csrf]) => (await fetch('/v1/remember', {
    method: 'POST', headers: {'X-CSRF-Token': csrf}, body: JSON.stringify({text: said})})).status,
                      [text, token] as const);

/** Says something to Echo, as a person does. */
async function ask(text: string): Promise<void> {
  await page.locator('#question').fill(text);
  await page.locator('#question').press('Enter');
}

test('Login.ItsCookieAloneWritesNothing', async () => {
  const token = await csrfToken(page);
  assert.match(token, /^[0-9a-f]{64}$/);
  assert.equal(await remember('without a token', ''), 403);
  assert.equal(await remember('with another', token.replace(/^./, 'x')), 403);
  assert.equal(await remember('with the right one', token), 200);
  assert.deepEqual(server.texts(), ['with the right one']);
});

test('Login.AnewElsewhereGoesOnHere', async () => {
  const old = await csrfToken(page);
  const other = await page.context().newPage();
  const again = await other.request.post(`${server.url}/login`,
                                         {data: {name: 'mina', password: PASSWORD}});
  assert.equal(again.status(), 200);
  await ask('the sea was calm today');
  await page.getByText('Memories kept: 2').waitFor();
  assert.notEqual(await csrfToken(page), old);
  assert.equal(await remember('with the former token', old), 403);
  await other.close();
});

test('Login.OfAnotherPersonElsewhereIsNotSpokenForHere', async () => {
  const other = await page.context().newPage();
  await other.request.post(`${server.url}/login`, {data: {name: 'jun', password: PASSWORD}});
  for (const count of [1, 2]) {
    await ask('what only mina says');
    await page.waitForFunction((failures) =>
      [...document.querySelectorAll('.turns > li')].filter((turn) =>
        turn.textContent?.includes('load the page again')).length === failures, count);
  }
  await other.close();
  assert.throws(() => server.program(['--chain', 'person:jun', 'export']), /exported 0 blocks/);
});
