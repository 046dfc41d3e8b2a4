import { expect } from '@jest/globals';
import * as z from 'zod';
import { resourcesOf, synthesizeStacks } from './synthesized-stacks.ts';

const lineSchema = z.looseObject({ message: z.string() });

/** Fields of Logs Insights itself, and those that only lines with an error have. */
const ALWAYS = /^(@\w+|service|level|message|error\.(name|message))$/;

/**
 * Saved queries ask for fields that the lines which they look for do have: a wrong one would give an
 * empty column, and no error.
 */
export function expectQueriesToFind(lines: readonly string[]): void {
  const fieldsOf = new Map<string, Set<string>>();
  for (const line of lines) {
    const parsed = lineSchema.safeParse(JSON.parse(line));
    if (!parsed.success) continue;
    const { message, ...fields } = parsed.data;
    const known = fieldsOf.get(message) ?? [];
    fieldsOf.set(message, new Set([...known, ...Object.keys(fields)]));
  }

  const { chat } = synthesizeStacks({ openAccess: true });
  let judged = 0;
  for (const [, { Properties }] of resourcesOf(chat, 'AWS::Logs::QueryDefinition')) {
    const query = String(Properties.QueryString);
    const [condition = ''] = /filter message (?:=|in) .+/.exec(query) ?? [];
    const messages = Array.from(condition.matchAll(/"([^"]+)"/g), ([, text = '']) => text);
    if (messages.length === 0 || !messages.every((message) => fieldsOf.has(message))) continue;
    const known = new Set(messages.flatMap((message) => [...(fieldsOf.get(message) ?? [])]));
    const unknown = askedFor(query).filter((field) => !known.has(field) && !ALWAYS.test(field));
    expect({ name: Properties.Name, unknown }).toEqual({ name: Properties.Name, unknown: [] });
    judged += 1;
  }
  expect(judged).toBeGreaterThan(5);
}

function askedFor(query: string): string[] {
  const [, stats = '', by = ''] = /stats (.+?) by (.+)/.exec(query) ?? [];
  const inFunctions = Array.from(stats.matchAll(/\b\w+\(([@\w.]+)\)/g), ([, field = '']) => field);
  const grouped = by.split(',').map((field) => field.trim());
  return [...inFunctions, ...grouped].filter((field) => !/^bin\(/.test(field));
}
