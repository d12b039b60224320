// Everything by the keyboard alone: Tab, Enter, Space, Escape and letters.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import type {Browser, Page} from 'playwright-core';

import {launch, openPage} from './browser.ts';
import {LIFE} from './sample.ts';
import {PASSWORD, Server} from './server.ts';

const TABS_MAX = 80;
let server: Server;
let browser: Browser;
let page: Page;

before(async () => {
  browser = await launch();
  server = await Server.start({files: LIFE, people: {mina: 'origin'}});
  page = await openPage(browser, {language: 'en'});
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Presses Tab until what has the focus bears that name. */
async function tabTo(name: RegExp): Promise<void> {
  for (let i = 0; i < TABS_MAX; ++i) {
    const reached = await page.evaluate(() => {
      const here = document.activeElement;
      const labels = here instanceof HTMLInputElement || here instanceof HTMLTextAreaElement
        ? [...here.labels ?? []].map((label) => label.textContent) : [];
      return [here?.getAttribute('aria-label'), here?.textContent, ...labels].join(' ').trim();
    });
    if (name.test(reached)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`no way by Tab to ${name}`);
}

test('Keyboard.LogsIn', async () => {
  await page.goto(server.url);
  await page.getByRole('heading', {name: 'Log in'}).waitFor();
  await tabTo(/^Name/);
  await page.keyboard.type('mina');
  await tabTo(/^Password/);
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.locator('#question').waitFor();
});

test('Keyboard.SkipsToTheContent', async () => {
  await page.reload();
  await page.locator('#question').waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent),
               'Skip to the content');
});

test('Keyboard.FindsAMemoryAndSeesWhy', async () => {
  await tabTo(/^Memory$/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {level: 1, name: 'Memory'}).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  await tabTo(/What should come to mind/);
  await page.keyboard.type('프로젝트');
  await page.keyboard.press('Enter');
  await page.getByText(/Memories that came to mind/).waitFor();
  await tabTo(/^Why\?$/);
  await page.keyboard.press('Space');
  await page.getByText('Where it comes from').waitFor();
});

test('Keyboard.LeavesADialogWhereItCameFrom', async () => {
  await tabTo(/^Forget$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', {name: 'Cancel'}).waitFor();
  for (let i = 0; i < 6; ++i) {
    await page.keyboard.press('Tab');
    const outside = await page.evaluate(() => {
      const here = document.activeElement;
      return here !== document.body && here?.closest('dialog') === null;
    });
    assert.ok(!outside, 'the focus left the dialog');
  }
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({state: 'detached'});
  assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), 'Forget');
});

test('Keyboard.ChangesTheLanguage', async () => {
  await page.evaluate(() => { (document.activeElement as HTMLElement).blur(); });
  await tabTo(/^mina$/);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowUp');
  await page.getByRole('heading', {level: 1, name: '기억'}).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'ko');
});
