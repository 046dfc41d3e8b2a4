/** Expressions, and items to hold against them, for `random-commands.ts`. */
import * as fc from 'fast-check';

/** Every placeholder that an expression may hold; a request names those that it does. */
export const NAMES: Record<string, string> = { '#a': 'a', '#n': 'n' };
export const VALUES: Record<string, unknown> = {
  ':empty': '',
  ':text': 'text',
  ':te': 'te',
  ':face': '😀',
  ':private': '\uE000',
  ':zero': 0,
  ':one': 1,
  ':half': -0.5,
  ':true': true,
  ':null': null,
  ':list': ['text', 1],
  ':map': { b: 1, a: 'text' },
  ':set': new Set(['te', 'text']),
};

export const used = <T>(all: Record<string, T>, expressions: (string | undefined)[]) => {
  const words = new Set(expressions.flatMap((text) => text?.match(/[#:]\w+/g) ?? []));
  const entries = Object.entries(all).filter(([word]) => words.has(word));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
};

export const placeholdersOf = (...expressions: (string | undefined)[]) => ({
  ExpressionAttributeNames: used(NAMES, expressions),
  ExpressionAttributeValues: used(VALUES, expressions),
});

const path = fc.constantFrom('#a', 'a', 'b', '#n', 'n', 'seq');
const value = fc.constantFrom(...Object.keys(VALUES));
const scalar = fc.constantFrom(
  ':empty',
  ':text',
  ':te',
  ':face',
  ':private',
  ':zero',
  ':one',
  ':half',
);
export const item = fc.record(
  {
    a: fc.constantFrom(...Object.values(VALUES)),
    b: fc.constantFrom('text', '\uE000', '😀', 1),
    n: fc.integer({ min: -3, max: 3 }),
  },
  { requiredKeys: [] },
);

export const { condition } = fc.letrec<{ condition: string; pair: string; primary: string }>(
  (tie) => ({
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('primary'),
      tie('pair'),
      tie('pair').map((pair) => `(${pair})`),
      tie('primary').map((primary) => `NOT ${primary}`),
      tie('pair').map((pair) => `NOT (${pair})`),
    ),
    pair: fc
      .tuple(tie('condition'), fc.constantFrom('AND', 'OR', 'and'), tie('condition'))
      .map((words) => words.join(' ')),
    primary: fc.oneof(
      fc.tuple(path, fc.constantFrom('<', '<=', '>', '>='), scalar).map((words) => words.join(' ')),
      fc.tuple(path, fc.constantFrom('=', '<>'), value).map((words) => words.join(' ')),
      fc.constantFrom('a = b', '#n = a', 'b = n'),
      fc.constantFrom(
        'n BETWEEN :zero AND :one',
        'a IN (:te, :text, :one)',
        'begins_with(a, :te)',
        'contains(a, :te)',
        'contains(#a, :text)',
        'attribute_not_exists(roomId)',
      ),
      fc
        .tuple(fc.constantFrom('attribute_exists', 'attribute_not_exists'), path)
        .map(([test, name]) => `${test}(${name})`),
    ),
  }),
);

/** These succeed with any item. */
export const SURE_UPDATES = [
  'SET a = :text',
  'SET n = if_not_exists(n, :zero) + :one',
  'ADD n :half',
  'REMOVE a, #n',
  'SET b = :set REMOVE a ADD n :one',
  'set a = :list remove b',
];
export const UPDATES = [
  ...SURE_UPDATES,
  'SET #a = b, b = :text',
  'SET n = #n - :one, a = if_not_exists(a, :map)',
  'SET a = n ADD n :one',
  'ADD a :one',
  'SET a = :one, #a = :zero',
];

export const keyCondition = fc.constantFrom(
  'roomId = :room',
  'roomId = :room AND seq = :one',
  'roomId = :room AND seq >= :one',
  'seq < :two AND roomId = :room',
  'roomId = :room AND seq <= :two',
  'roomId = :room AND seq > :one',
  'roomId = :room AND seq BETWEEN :one AND :two',
);
