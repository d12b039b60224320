// Who is not the origin sees nothing of the panel and of the waking, whatever the address says.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import type {Browser, Page} from 'playwright-core';

import {launch, logIn, openPage} from './browser.ts';
import {LIFE} from './sample.ts';
import {Server} from './server.ts';

let server: Server;
let browser: Browser;
let page: Page;

before(async () => {
  browser = await launch();
  server = await Server.start({files: LIFE, people: {mina: 'origin', sol: 'guest'}});
  page = await openPage(browser, {language: 'en'});
  await logIn(page, server.url, 'sol');
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test('Guest.SeesNoWayToThePanel', async () => {
  const links = await page.getByRole('navigation').getByRole('link').allInnerTexts();
  assert.deepEqual(links, ['Chat', 'Memory', 'Days']);
});

test('Guest.IsLedAwayFromThePanelAndTheWaking', async () => {
  for (const address of ['/origin-panel', '/boot']) {
    await page.goto(server.url + address);
    await page.locator('#question').waitFor();
    assert.equal(new URL(page.url()).pathname, '/');
  }
});

test('Guest.IsRefusedByTheServerToo', async () => {
  const answer = await page.request.get(`${server.url}/api/boot`);
  assert.equal(answer.status(), 403);
});

test('Guest.SeesNothingOfTheOriginsMemory', async () => {
  await page.goto(`${server.url}/memory`);
  await page.getByText('There are no memories yet.').waitFor();
  assert.equal(await page.getByRole('article').count(), 0);
});

test('Stranger.IsLedToTheLogin', async () => {
  const other = await openPage(browser, {language: 'en'});
  await other.goto(`${server.url}/days`);
  await other.getByRole('heading', {name: 'Log in'}).waitFor();
  assert.equal(new URL(other.url()).pathname, '/login');
});
