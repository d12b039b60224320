// The rules of the page's sources that neither the compiler nor the browser checks.
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {serverEvents} from '../../web/src/lib/events.ts';

const SOURCES = join(import.meta.dirname, '../../web/src');
const COMPONENT_LINES_MAX = 200;
const files = readdirSync(SOURCES, {recursive: true, encoding: 'utf-8'})
  .filter((name) => /\.(ts|svelte|css)$/.test(name))
  .map((name) => ({name, text: readFileSync(join(SOURCES, name), 'utf-8')}));
const texts = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(join(SOURCES, `i18n/${language}.json`), 'utf-8')) as
    Record<string, string>;
const holes = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test('Texts.SayTheSameInBothLanguages', () => {
  const [ko, en] = [texts('ko'), texts('en')];
  assert.deepEqual(Object.keys(ko), Object.keys(en));
  for (const [key, text] of Object.entries(ko)) {
    assert.deepEqual(holes(text), holes(en[key] ?? ''), key);
    assert.notEqual(text.trim(), '', key);
  }
});

test('Texts.AreAllShownSomewhere', () => {
  const source = files.map((file) => file.text).join('\n');
  // Keys of which a part is put in (`role.${…}`, named('stage', …)) count by that part.
  const parts = [...source.matchAll(/`([a-z_.]+?)\$\{/g), ...source.matchAll(/named\('(\w+)'/g)]
    .map((found) => found[1] ?? '').map((part) => (part.includes('.') ? part : `${part}.`));
  const unused = Object.keys(texts('ko')).filter((key) =>
    !source.includes(`'${key}'`) && !parts.some((part) => key.startsWith(part)));
  assert.deepEqual(unused, []);
});

test('Sources.NameTheServersAddressesInOnePlace', () => {
  const address = /['"`]\/(api|v1)\//;
  const others = files.filter((file) => file.name !== 'api.ts' && address.test(file.text));
  assert.deepEqual(others.map((file) => file.name), []);
});

test('Sources.NameColoursInOnePlace', () => {
  const colour = /#[0-9a-f]{3,8}\b(?=[^{}]*;)|\brgba?\(|\bhsla?\(/i;
  const others = files.filter((file) => file.name !== 'styles/tokens.css' &&
    /\.(css|svelte)$/.test(file.name) && colour.test(file.text));
  assert.deepEqual(others.map((file) => file.name), []);
});

test('Sources.KeepTheirRanks', () => {
  const forbidden: Record<string, RegExp> = {
    routes: /from '\.\.?\/(api'|routes)/,
    components: /from '(\.\.\/(api'|routes)|\.\/\.\.\/routes)/,
    stores: /from '\.\.\/(components|routes)/,
    lib: /from '\.\.\/(api'|components|routes|stores)/,
  };
  for (const {name, text} of files) {
    const rule = forbidden[name.split('/')[0] ?? ''];
    if (rule !== undefined) assert.doesNotMatch(text, rule, name);
  }
});

test('Components.AreShort', () => {
  for (const {name, text} of files.filter((file) => file.name.endsWith('.svelte'))) {
    assert.ok(text.split('\n').length <= COMPONENT_LINES_MAX, name);
  }
});

test('Events.AreReadWhereverTheStreamIsCut', async () => {
  const bytes = new TextEncoder().encode(
    ': heartbeat\n\nevent: delta\r\ndata: {"text":"안녕"}\r\n\r\ndata: a\ndata: b\n\nevent: cut\n');
  for (let cut = 1; cut < bytes.length; ++cut) {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, cut));
        controller.enqueue(bytes.slice(cut));
        controller.close();
      },
    });
    const heard = [];
    for await (const event of serverEvents(stream)) heard.push(event);
    assert.deepEqual(heard, [{name: 'delta', data: '{"text":"안녕"}'},
      {name: 'message', data: 'a\nb'}], `cut at ${cut}`);
  }
});
