import type { Answerer } from './answerer.ts';

/** Says it again. */
const echo: Answerer = async ({ text }) => text || undefined;

const RULES: readonly [asks: RegExp, answer: (now: Date) => string][] = [
  [/\b(hello|hi|hey)\b|안녕|你好/i, () => 'Hello! Ask me for the time, the date, or help.'],
  [/\btime\b|몇 ?시|幾點/i, (now) => `It is ${now.toISOString().slice(11, 16)} UTC.`],
  [/\bdate\b|\bday\b|며칠|幾號/i, (now) => `It is ${now.toISOString().slice(0, 10)}.`],
  [/\bflip\b|\bcoin\b/i, (now) => (now.getTime() % 2 === 0 ? 'Heads.' : 'Tails.')],
  [/\bthank/i, () => 'You are welcome.'],
  [/\bhelp\b|^\??$/i, () => 'I know the time and the date, I flip coins, and I say hello.'],
];

/** The first rule that fits; nothing when none does. */
export function createRules(now: () => Date): Answerer {
  return async ({ text }) => RULES.find(([asks]) => asks.test(text))?.[1](now());
}

/** By the name that `--answerer` takes. */
export const ANSWERERS: Record<string, Answerer> = { echo, rules: createRules(() => new Date()) };
