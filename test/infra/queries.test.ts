import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { resourcesOf, synthesizeStacks } from './synthesized-stacks.ts';

const { chat } = synthesizeStacks({ openAccess: true });
const root = fileURLToPath(new URL('../..', import.meta.url));

const querySchema = z.object({
  Name: z.string(),
  QueryString: z.string(),
  LogGroupNames: z.array(z.object({ Ref: z.string() })).min(1),
});
const queries = resourcesOf(chat, 'AWS::Logs::QueryDefinition').map(([, { Properties }]) =>
  querySchema.parse(Properties),
);
const logGroups = resourcesOf(chat, 'AWS::Logs::LogGroup').map(([id]) => id);

const sources = globSync('{services,shared}/**/*.ts', { cwd: root })
  .map((path) => readFileSync(`${root}/${path}`, 'utf8'))
  .join('\n');
const runbook = readFileSync(`${root}/docs/runbook.md`, 'utf8');

describe('the saved queries', () => {
  it('stand in a folder of the stack, each with a name of its own', () => {
    const names = queries.map(({ Name }) => Name);
    expect(names.length).toBeGreaterThan(10);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^roomcast-dev\/\w/);
  });

  it('are all that the runbook speaks of', () => {
    const asked = Array.from(runbook.matchAll(/[Qq]uer(?:y|ies) \*([^*]+)\*/g), ([, name]) => name);
    const names = queries.map(({ Name }) => Name.replace('roomcast-dev/', ''));
    expect(asked.length).toBeGreaterThan(5);
    expect(names).toEqual(expect.arrayContaining(asked));
  });

  it.each(queries.map((query) => [query.Name, query] as const))(
    '%s looks for lines that are logged, in logs that exist',
    (_, { QueryString, LogGroupNames }) => {
      const [, condition = ''] = /^(?:\| )?filter message (?:=|in) (.+)$/m.exec(QueryString) ?? [];
      for (const [literal] of condition.matchAll(/"[^"]+"/g)) {
        expect(sources).toContain(`('${literal.slice(1, -1)}',`);
      }
      for (const { Ref } of LogGroupNames) expect(logGroups).toContain(Ref);
      expect(QueryString).not.toMatch(/\|\s*$|^\s*\|/);
    },
  );

  it('ask all functions where a person does not know which', () => {
    const everywhere = queries.find(({ Name }) => Name.endsWith('/errors, newest first'));
    expect(everywhere?.LogGroupNames).toHaveLength(18);
  });
});
