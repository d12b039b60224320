// Dates, numbers and sizes in the language of the page.

type Language = 'ko' | 'en';
const DAY_MS = 86_400_000;

export function formatDay(day: string, language: Language, long = true): string {
  const options: Intl.DateTimeFormatOptions = long
    ? {year: 'numeric', month: 'long', day: 'numeric', weekday: 'short'}
    : {year: 'numeric', month: 'short', day: 'numeric'};
  return new Intl.DateTimeFormat(language, {...options, timeZone: 'UTC'})
    .format(new Date(`${day.slice(0, 10)}T00:00:00Z`));
}

export function formatTime(time: string, language: Language): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return new Intl.DateTimeFormat(language, {
    year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit',
  }).format(at);
}

export function formatMonth(month: string, language: Language): string {
  return new Intl.DateTimeFormat(language, {year: 'numeric', month: 'long', timeZone: 'UTC'})
    .format(new Date(`${month}-01T00:00:00Z`));
}

export function formatNumber(value: number, language: Language, digits = 0): string {
  return new Intl.NumberFormat(language, {maximumFractionDigits: digits}).format(value);
}

export function formatBytes(bytes: number, language: Language): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let value = bytes;
  let place = 0;
  while (value >= 1000 && place < units.length - 1) {
    value /= 1000;
    place += 1;
  }
  return new Intl.NumberFormat(language, {
    style: 'unit', unit: units[place] ?? 'byte', maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}

/** A calendar day here as the moments between which it lies, for the server. */
export function boundsOfDay(day: string): {from: string; until: string} {
  const start = new Date(`${day}T00:00:00`);
  return {from: start.toISOString(), until: new Date(start.getTime() + DAY_MS - 1).toISOString()};
}
