// The conversation: words as they come, which memories were used and kept, stopping, asking again.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import type {Browser, Page} from 'playwright-core';

import {assertAccessible, launch, logIn, openPage} from './browser.ts';
import {AT_LENGTH, REPEAT, SAY_NOTHING} from './model.ts';
import {LIFE} from './sample.ts';
import {Server} from './server.ts';

let server: Server;
let browser: Browser;
let page: Page;
const turns = () => page.locator('.turns > li');
const field = () => page.getByRole('textbox', {name: 'Echo에게 할 말'});

before(async () => {
  browser = await launch();
  server = await Server.start({files: LIFE, people: {mina: 'origin'}, speaks: true});
  page = await openPage(browser);
  await logIn(page, server.url, 'mina');
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function ask(question: string): Promise<void> {
  await field().fill(question);
  await page.keyboard.press('Enter');
}
async function answered(): Promise<void> {
  await page.getByRole('button', {name: '보내기'}).waitFor();
}

test('Chat.TeachesBeforeTheFirstWord', async () => {
  await page.getByText('여기서 나눈 이야기는 기억이 됩니다.').waitFor();
  await page.getByRole('button', {name: '나를 어떻게 기억하고 있어?'}).click();
  assert.equal(await field().inputValue(), '나를 어떻게 기억하고 있어?');
});

test('Chat.StreamsAnAnswerAndShowsWhichMemoriesItUsedAndKept', async () => {
  await ask('마라톤 얘기 기억나?');
  await answered();
  const turn = turns().last();
  assert.ok((await turn.locator('.markdown').innerText()).length > 0);
  await turn.getByText(/떠올린 기억 \d+개/).click();
  await turn.getByRole('article').filter({hasText: '봄에는 마라톤을 한번'}).waitFor();
  await turn.getByText('남긴 기억 2개').click();
  await turn.getByRole('article').filter({hasText: '마라톤 얘기 기억나?'}).waitFor();
  assert.ok(server.texts().includes('마라톤 얘기 기억나?'));
});

test('Chat.TellsWhyAMemoryWasUsed', async () => {
  const used = turns().last().getByRole('article').filter({hasText: '봄에는 마라톤을 한번'});
  await used.getByRole('button', {name: '왜?'}).click();
  await used.getByText('“마라톤 얘기 기억나?”에 대하여').waitFor();
  await used.getByRole('button', {name: '왜?'}).click();
});

test('Chat.ShowsWhatACircuitNoted', async () => {
  const strip = page.getByRole('region', {name: '세 회로'});
  await strip.getByRole('button', {name: /감정/}).click();
  await strip.getByText(/감정.*·/).waitFor();
});

test('Chat.RendersMarkdown', async () => {
  const answer = turns().last().locator('.markdown');
  assert.equal(await answer.locator('strong').innerText(), '마라톤');
  assert.equal(await answer.locator('li').count(), 2);
});

test('Chat.TakesHostileWordsForWords', async () => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  const question = `${REPEAT} <img src="https://elsewhere.test/x" onerror="document.title='x'"> ` +
    '![p](https://elsewhere.test/y) [run](javascript:alert(1)) <form><input></form> **끝**';
  await ask(question);
  await answered();
  const turn = turns().last();
  assert.equal(await turn.locator('.markdown strong').innerText(), '끝');
  assert.match(await turn.locator('.markdown').innerText(), /<img src=.*<form><input><\/form>/s);
  assert.equal(await turn.locator('.markdown :is(img, script, form, input)').count(), 0);
  assert.equal(await turn.locator('a[href^="javascript"]').count(), 0);
  await turn.getByText(/남긴 기억/).click();
  const kept = turn.getByRole('article').filter({hasText: '<img src='}).first();
  assert.equal(await kept.locator('.text :is(img, form)').count(), 0);
  assert.deepEqual(fetched.filter((url) => url.includes('elsewhere.test')), []);
});

test('Chat.Copies', async () => {
  await turns().last().getByRole('button', {name: '복사'}).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(copied.length > 0);
});

test('Chat.StopsAnAnswer', async () => {
  await ask(`${AT_LENGTH} 이야기해 줘`);
  await turns().last().locator('.markdown').waitFor();
  await page.getByRole('button', {name: '멈추기'}).click();
  await turns().last().getByText('여기서 멈췄습니다.').waitFor();
  await answered();
});

test('Chat.TellsWhatBecameOfAModelThatSaysNothing', async () => {
  await ask(`마라톤 얘기를 ${SAY_NOTHING} 떠올려 줘`);
  await answered();
  const turn = turns().last();
  await turn.getByText('이번 답은 모델의 말 없이 기억만으로 지었습니다.').waitFor();
  await turn.getByText('`scripted` 모델이 한마디도 하지 않고 끝냈습니다').waitFor();
});

test('Chat.AnswersAgainInTheSamePlace', async () => {
  const count = await turns().count();
  await turns().first().getByRole('button', {name: '다시 답하기'}).click();
  await answered();
  assert.equal(await turns().count(), count);
  assert.ok((await turns().first().locator('.markdown').innerText()).length > 0);
});

test('Chat.ListsConversationsAndFindsThemByTitle', async () => {
  const list = page.getByRole('complementary', {name: '대화 목록'});
  await list.getByRole('button', {name: '새 대화'}).click();
  await ask('저녁에 뭘 먹을까?');
  await answered();
  await list.getByRole('button', {name: /^저녁에 뭘 먹을까/}).waitFor();
  await list.getByLabel('대화에서 나눈 말 찾기').fill('뭘 먹을');
  await page.waitForFunction(() => document.querySelectorAll('aside li').length === 1);
  await list.getByLabel('대화에서 나눈 말 찾기').fill('펭귄 우주선');
  await list.getByText('그런 대화가 없습니다.').waitFor();
  await list.getByLabel('대화에서 나눈 말 찾기').fill('');
});

test('Chat.OpensAnEarlierConversation', async () => {
  const list = page.getByRole('complementary', {name: '대화 목록'});
  await list.locator('button.open').nth(1).click();
  await page.locator('.question').getByText('마라톤 얘기 기억나?').first().waitFor();
});

test('Chat.FindsAConversationByWhatWasSaidInIt', async () => {
  const list = page.getByRole('complementary', {name: '대화 목록'});
  await list.getByLabel('대화에서 나눈 말 찾기').fill('마라톤을');
  await list.getByRole('listitem').filter({hasText: '마라톤 얘기 기억나?'}).waitFor();
  await list.getByLabel('대화에서 나눈 말 찾기').fill('');
});

test('Chat.KeepsBothWaysOfAnEditedQuestion', async () => {
  const list = page.getByRole('complementary', {name: '대화 목록'});
  await list.getByRole('button', {name: '새 대화'}).click();
  await ask('내일은 산에 간다');
  await answered();
  await ask('비가 오면 어쩌지?');
  await answered();
  await turns().first().getByRole('button', {name: '질문 고치기'}).click();
  await page.getByText('지금까지의 대화도 갈래로 남습니다.').waitFor();
  await field().fill('내일은 바다에 간다');
  await page.keyboard.press('Enter');
  await answered();
  await page.getByRole('group', {name: '이 질문의 갈래'}).getByText('2 / 2').waitFor();
  assert.equal(await turns().count(), 1);
  await assertAccessible(page, 'a branch');
  // By the keyboard: to the other way and back.
  await page.getByRole('button', {name: '앞 갈래'}).focus();
  await page.keyboard.press('Enter');
  await page.getByText('1 / 2').waitFor();
  await page.locator('.question').getByText('비가 오면 어쩌지?').waitFor();
  assert.equal(await turns().count(), 2);
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') ===
    '다음 갈래');
  await page.keyboard.press('Enter');
  await page.getByText('2 / 2').waitFor();
  await page.locator('.question').getByText('내일은 바다에 간다').waitFor();
});

test('Chat.RenamesAConversation', async () => {
  const list = page.getByRole('complementary', {name: '대화 목록'});
  const branch = list.getByRole('listitem').filter({hasText: '내일은 바다에 간다'});
  await branch.hover();
  await branch.getByRole('button', {name: /^이름 바꾸기/}).click();
  await page.getByLabel('대화의 이름').fill('바다 여행');
  await page.getByRole('dialog').getByRole('button', {name: '이름 바꾸기'}).click();
  await list.getByRole('button', {name: /바다 여행/}).first().waitFor();
});

test('Chat.KeepsNothingOfATemporaryConversation', async () => {
  const before = server.texts().length;
  await page.getByRole('checkbox', {name: '임시 대화'}).check();
  await page.getByText('임시 대화입니다.').waitFor();
  await ask('이 말은 남기지 마');
  await answered();
  assert.ok((await turns().last().locator('.markdown').innerText()).length > 0);
  assert.equal(server.texts().length, before);
  await page.getByRole('checkbox', {name: '임시 대화'}).uncheck();
});

test('Chat.SaysWhatToDoWhenTheServerIsGone', async () => {
  await page.context().setOffline(true);
  await ask('들려?');
  await page.getByRole('alert').getByText('서버에 닿지 않습니다.').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('alert').getByRole('button', {name: '다시 해 보기'}).click();
  await answered();
  await page.getByRole('alert').waitFor({state: 'detached'});
});
