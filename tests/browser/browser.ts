// The system's Chromium, driven; what several tests do with a page.
import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

import {type Browser, chromium, type Page} from 'playwright-core';

import {PASSWORD} from './server.ts';

const SKIPPED = 77;
const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/snap/bin/chromium'];
const WAIT_MS_MAX = 60_000;

export interface Looks {
  language?: 'ko' | 'en';
  scheme?: 'light' | 'dark';
  width?: number;
}

/** A browser without a sandbox where it would refuse to start with one: as root. */
export async function launch(): Promise<Browser> {
  const executablePath = PROGRAMS.find((path) => existsSync(path));
  if (executablePath === undefined) {
    console.log('SKIPPED: there is no Chromium; run tools/setup --tests');
    process.exit(SKIPPED);
  }
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return await chromium.launch({executablePath, args});
}

/** A page whose errors are the test's: nothing may be thrown, and the policy may forbid nothing. */
export async function openPage(browser: Browser, looks: Looks = {}): Promise<Page> {
  const {language = 'ko', scheme = 'light', width = 1280} = looks;
  const context = await browser.newContext({
    locale: language === 'ko' ? 'ko-KR' : 'en-US', timezoneId: 'Asia/Seoul', colorScheme: scheme,
    reducedMotion: 'reduce', viewport: {width, height: 900},
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS_MAX);
  page.on('pageerror', (error) => { throw error; });
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) throw new Error(message.text());
  });
  return page;
}

export async function logIn(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/login`);
  await page.locator('input[autocomplete=username]').fill(name);
  await page.locator('input[type=password]').fill(PASSWORD);
  await page.locator('main button.main').click();
  await page.locator('#question').waitFor();
}

/** What the server wants to see, of this page's login, with whatever changes something. */
export async function csrfToken(page: Page): Promise<string> {
  return await page.evaluate(async () => {
    const answer = await (await fetch('/api/session')).json() as {csrf: string};
    return answer.csrf;
  });
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf-8');

/** Fails with what axe complains of, and where the page is wider than its window. */
export async function assertAccessible(page: Page, where: string): Promise<void> {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(beyond <= 0, `${where}: ${beyond} px wider than the window`);
  // Evaluated from outside: the page's policy lets no foreign script in.
  await page.evaluate(`${axe}; void 0`);
  const violations = await page.evaluate(async () => {
    interface Violation { id: string; nodes: {target: unknown[]; failureSummary?: string}[] }
    const runner = (globalThis as unknown as {
      axe: {run(): Promise<{violations: Violation[]}>}}).axe;
    return (await runner.run()).violations.map((one) =>
      `${one.id}: ${one.nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary}`)
        .join('; ')}`);
  });
  assert.deepEqual(violations, [], where);
}
