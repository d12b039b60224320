// From the first start of a home to its daily use, on the real server.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import type {Browser, Page} from 'playwright-core';

import {launch, openPage} from './browser.ts';
import {LIFE} from './sample.ts';
import {PASSWORD, Server} from './server.ts';

let server: Server;
let browser: Browser;
let page: Page;
const go = async (name: string): Promise<void> => {
  await page.getByRole('navigation', {name: '주요 화면'}).getByRole('link', {name}).click();
};
const heading = (name: string) => page.getByRole('heading', {level: 1, name});
const card = (text: string) => page.getByRole('article').filter({hasText: text});

before(async () => {
  browser = await launch();
  server = await Server.start({files: LIFE});
  page = await openPage(browser);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test('FirstRun.StandsWhereNobodyHasAnAccount', async () => {
  await page.goto(`${server.url}/memory`);
  await heading('처음 만나는 날').waitFor();
  assert.equal(new URL(page.url()).pathname, '/first-run');
});

test('FirstRun.SuggestsTheNameThatTheManifestSays', async () => {
  assert.equal(await page.getByLabel('이름').inputValue(), 'mina');
});

test('FirstRun.RefusesAWrongCodeAndSaysWhereTheRightOneStands', async () => {
  await page.getByLabel('터미널에 적힌 코드').fill('aaaa-bbbb-cccc');
  await page.getByLabel('이름').fill('mina');
  await page.getByLabel('비밀번호', {exact: true}).fill(PASSWORD);
  await page.getByRole('button', {name: '시작하기'}).click();
  const note = page.getByRole('alert');
  await note.waitFor();
  assert.match(await note.innerText(), /터미널/);
});

test('FirstRun.MakesTheOriginAndShowsTheWaking', async () => {
  assert.notEqual(server.code, '');
  await page.getByLabel('터미널에 적힌 코드').fill(server.code.toUpperCase());
  // The wrong code before is slowed down for a second: the page says so, and one tries again.
  for (;;) {
    await page.getByRole('button', {name: '시작하기'}).click();
    const first = await Promise.race([
      heading('깨어난 Echo').waitFor().then(() => 'awake'),
      page.getByText('잠시 뒤에 다시').waitFor().then(() => 'wait')]);
    if (first === 'awake') break;
  }
  await page.getByRole('img', {name: /5일의 기억/}).waitFor();
  await page.getByText('5일, 기억 10개').waitFor();
  await page.getByText('나는 네가 잊은 날까지 함께 기억하는 에코다.').waitFor();
  assert.equal(await page.getByRole('list', {name: '깨어나는 단계'}).getByRole('listitem').count(), 3);
});

test('Memory.RecallsWithThePartsOfTheScore', async () => {
  await go('기억');
  await page.getByRole('searchbox', {name: '무엇을 떠올릴까요?'}).fill('마라톤');
  await page.getByRole('button', {name: '떠올리기'}).click();
  const hit = card('봄에는 마라톤을 한번');
  await hit.getByText(/관련 \d+%/).waitFor();
  await hit.getByRole('button', {name: '왜?'}).click();
  await hit.getByRole('columnheader', {name: '몫'}).waitFor();
  await hit.getByRole('cell', {name: '열쇳말', exact: true}).waitFor();
  await hit.getByText('어디에서 왔나').waitFor();
});

test('Memory.CorrectsAndKeepsWhatWasSaid', async () => {
  const hit = card('봄에는 마라톤을 한번');
  await hit.getByRole('button', {name: '고치기'}).click();
  await hit.getByLabel('지금 맞는 말').fill('가을에는 마라톤을 한번 뛰어 보고 싶다');
  await hit.getByRole('button', {name: '고쳐 두기'}).click();
  await card('가을에는 마라톤을 한번').waitFor();
  const texts = server.texts();
  assert.ok(texts.includes('가을에는 마라톤을 한번 뛰어 보고 싶다'));
  assert.ok(texts.includes('봄에는 마라톤을 한번 뛰어 보고 싶다'));
});

test('Memory.PinsHidesAndRestores', async () => {
  const hit = card('가을에는 마라톤을 한번');
  await hit.getByRole('button', {name: '고정'}).click();
  await hit.getByText('고정됨').waitFor();
  await hit.getByRole('button', {name: '숨기기'}).click();
  await hit.getByRole('button', {name: '되살리기'}).click();
  await hit.getByRole('button', {name: '숨기기'}).waitFor();
});

test('Memory.ForgetsOnlyAfterAPreview', async () => {
  const hit = card('10km를 완주했다');
  await hit.getByRole('button', {name: '잊기'}).click();
  const dialog = page.getByRole('dialog', {name: '정말 잊을까요?'});
  await dialog.getByText(/기억 \d+개가 사라집니다/).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({state: 'detached'});
  assert.ok(server.texts().some((text) => text.includes('10km를 완주했다')));
  await hit.getByRole('button', {name: '잊기'}).click();
  await dialog.getByRole('button', {name: /개 잊기/}).click();
  await page.getByRole('dialog', {name: '잊었습니다'}).getByRole('button', {name: '닫기'}).click();
  await hit.waitFor({state: 'detached'});
  assert.ok(!server.texts().some((text) => text.includes('10km를 완주했다')));
});

test('Memory.TeachesWhereNothingComesToMind', async () => {
  await page.getByRole('searchbox').fill('');
  await page.getByText('좁히기', {exact: true}).first().click();
  await page.getByLabel('말한 사람').fill('nobody-of-that-name');
  await page.getByRole('button', {name: '좁히기'}).click();
  await page.getByText('아직 기억이 없습니다.').waitFor();
  await page.getByRole('button', {name: '모두 풀기'}).click();
  await card('새 프로젝트를 시작했다').waitFor();
});

test('Days.ShowWhatWasSaidOnADay', async () => {
  await go('날들');
  await page.getByRole('img', {name: /기분의 흐름/}).waitFor();
  await page.getByRole('heading', {level: 2, name: '2024년 4월'}).click();
  await page.getByRole('link', {name: /2024년 4월 20일/}).click();
  await page.getByRole('heading', {level: 2, name: /4월 20일/}).waitFor();
  await card('프로젝트가 망했다').waitFor();
  assert.equal(await card('마라톤').count(), 0);
});

test('Panel.ShowsIdentityPeopleLoopsAndSoundness', async () => {
  await go('관리');
  await page.getByText('서명이 맞습니다').waitFor();
  await page.getByText('mina', {exact: true}).first().waitFor();
  assert.equal(await page.getByRole('heading', {level: 3}).count(), 6);
  await page.getByRole('button', {name: '검사하기'}).click();
  await page.getByText(/모두 온전합니다/).waitFor();
});

test('Panel.AddsAPersonAndRefusesAShortPassword', async () => {
  await page.getByRole('button', {name: '사람 더하기'}).click();
  const dialog = page.getByRole('dialog', {name: '사람 더하기'});
  await dialog.getByLabel('이름').fill('sol');
  await dialog.getByLabel('역할').selectOption('guest');
  await dialog.getByLabel('비밀번호').fill('short');
  await dialog.getByRole('button', {name: '사람 더하기'}).click();
  assert.ok(await dialog.isVisible());
  await dialog.getByLabel('비밀번호').fill(PASSWORD);
  await dialog.getByRole('button', {name: '사람 더하기'}).click();
  await page.getByRole('button', {name: 'sol 내보내기'}).waitFor();
  assert.match(server.program(['people', 'list', '--json']), /"sol"/);
});

test('Panel.ShowsANewKeyOnce', async () => {
  await page.getByRole('button', {name: '열쇠 만들기'}).click();
  const dialog = page.getByRole('dialog', {name: '열쇠 만들기'});
  await dialog.getByRole('button', {name: '열쇠 만들기'}).click();
  assert.match(await dialog.getByRole('status').innerText(), /^mbe_/);
  await dialog.getByRole('button', {name: '닫기'}).click();
  assert.equal(await page.getByText(/^mbe_[a-z2-7]{40}/).count(), 0);
});

test('Panel.AsksForThePresentPasswordBeforeOnesOwnIsChanged', async () => {
  await page.getByRole('button', {name: 'mina의 비밀번호 바꾸기'}).click();
  const dialog = page.getByRole('dialog', {name: '비밀번호 바꾸기'});
  await dialog.getByLabel('지금 비밀번호').fill('not the password');
  await dialog.getByLabel('새 비밀번호').fill('another twelve characters');
  await dialog.getByRole('button', {name: '비밀번호 바꾸기'}).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByRole('button', {name: '그만두기'}).click();
});

test('Login.RefusesAWrongPasswordAndTakesTheRightOne', async () => {
  await page.getByText('mina', {exact: true}).first().click();
  await page.getByRole('button', {name: '로그아웃'}).click();
  await heading('로그인').waitFor();
  await page.getByLabel('이름').fill('mina');
  await page.getByLabel('비밀번호', {exact: true}).fill('not the password');
  await page.getByRole('button', {name: '들어가기'}).click();
  await page.getByRole('alert').getByText('이름과 비밀번호를 확인').waitFor();
  await page.getByLabel('비밀번호', {exact: true}).fill(PASSWORD);
  await page.getByRole('button', {name: '들어가기'}).click();
  await page.getByRole('textbox', {name: 'Echo에게 할 말'}).waitFor();
});
