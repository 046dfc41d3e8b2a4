import type { Language } from './language.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes a hundred times as long as using it. */
function format(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${tag} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(tag, options);
  formats.set(key, known);
  return known;
}

export function timeOfDay({ tag }: Language, sentAt: string): string {
  return format(tag, { timeStyle: 'short' }).format(new Date(sentAt));
}

export function fullTime({ tag }: Language, sentAt: string): string {
  return format(tag, { dateStyle: 'full', timeStyle: 'medium' }).format(new Date(sentAt));
}

/** Today, yesterday, or the date; the year only when it is another one. */
export function dayName({ tag, text }: Language, sentAt: string, now: Date): string {
  const day = new Date(sentAt);
  if (isSameDay(day, now)) return text.today;
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (isSameDay(day, yesterday)) return text.yesterday;
  const year = day.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return format(tag, { weekday: 'long', month: 'long', day: 'numeric', year }).format(day);
}

/** In a list: the time of what is from today, the date of what is older. */
export function shortTime(language: Language, sentAt: string, now: Date): string {
  const day = new Date(sentAt);
  if (isSameDay(day, now)) return timeOfDay(language, sentAt);
  return format(language.tag, { month: 'numeric', day: 'numeric' }).format(day);
}

function isSameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}
