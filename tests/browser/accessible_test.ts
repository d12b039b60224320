// Every page in both languages and both schemes, and the dialogs: axe finds nothing to complain of.
import {after, before, test} from 'node:test';

import type {Browser, Page} from 'playwright-core';

import {assertAccessible, launch, logIn, type Looks, openPage} from './browser.ts';
import {LIFE} from './sample.ts';
import {Server} from './server.ts';

let fresh: Server;
let server: Server;
let browser: Browser;

before(async () => {
  browser = await launch();
  fresh = await Server.start();
  server = await Server.start({files: LIFE, people: {mina: 'origin'}, speaks: true});
});
after(async () => {
  await browser?.close();
  await fresh?.stop();
  await server?.stop();
});

async function settled(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForLoadState('networkidle');
}

async function openMemory(page: Page): Promise<void> {
  await settled(page, `${server.url}/memory`);
  const card = page.getByRole('article').first();
  await page.locator('main details').first().locator('summary').click();
  await card.locator('.actions button').first().click();
  await card.locator('section').waitFor();
  await assertAccessible(page, 'memory, opened');
  await card.locator('.actions button').last().click();
  await page.locator('dialog button.danger').waitFor();
  await assertAccessible(page, 'forget');
}

for (const language of ['ko', 'en'] as const) {
  for (const scheme of ['light', 'dark'] as const) {
    const looks: Looks = {language, scheme, width: scheme === 'dark' ? 360 : 1280};
    test(`Page.IsAccessibleIn_${language}_${scheme}`, async () => {
      const page = await openPage(browser, looks);
      await settled(page, `${fresh.url}/`);
      await assertAccessible(page, 'first run');
      await settled(page, `${server.url}/`);
      await assertAccessible(page, 'login');
      await logIn(page, server.url, 'mina');
      await assertAccessible(page, 'chat, empty');
      await page.locator('#question').fill('마라톤');
      await page.keyboard.press('Enter');
      await page.locator('.turns details').first().locator('summary').click();
      await page.locator('section[aria-expanded], .foot section button').first().click();
      await assertAccessible(page, 'chat');
      for (const address of ['/boot', '/days', '/days?day=2024-04-20', '/origin-panel']) {
        await settled(page, server.url + address);
        await assertAccessible(page, address);
      }
      await openMemory(page);
      await page.context().close();
    });
  }
}
