// What the page says, in Korean and in English: src/i18n/*.json, one sentence a key, {name} for
// what is put in. The language is the browser's until the reader chooses one.
import en from '../i18n/en.json';
import ko from '../i18n/ko.json';

export type Key = keyof typeof ko;
export type Language = 'ko' | 'en';
const texts: Record<Language, Record<Key, string>> = {ko, en};
const STORED = 'echo.language';

function preferred(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === 'ko' || stored === 'en') return stored;
  const first = navigator.languages.find((one) => /^(ko|en)\b/.test(one));
  return first?.startsWith('en') ? 'en' : 'ko';
}

class I18n {
  language = $state<Language>(preferred());

  constructor() {
    this.#apply();
  }

  choose(language: Language): void {
    this.language = language;
    localStorage.setItem(STORED, language);
    this.#apply();
  }

  #apply(): void {
    document.documentElement.lang = this.language;  // in which the server is asked to speak, too
  }
}

export const i18n = new I18n();

/** The sentence of a key in the language of the page. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return texts[i18n.language][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole));
}

/** The sentence of a name that the server gave, where there is one; else the name. */
export function named(prefix: string, name: string): string {
  const key = `${prefix}.${name}`;
  return key in ko ? t(key as Key) : name;
}
