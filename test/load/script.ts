import { type LocalProcess, startLocalProcess } from '../support/local-process.ts';
import { readOptions, refuse, say } from '../support/script.ts';

export type NumberOptions<Name extends string> = Record<Name, number>;

/** Both inclusive. */
export interface Limits {
  min: number;
  max: number;
  isWhole?: boolean;
}

/**
 * Reads the options of a load script, all of which are numbers, beside `--json` and `--help`. Ends
 * the process when help was asked for, or an option is wrong.
 *
 * @param defaults also says which options there are
 * @param limits of those for which not every number above 0 makes sense
 */
export function readScriptOptions<Name extends string>(
  help: string,
  defaults: NumberOptions<Name>,
  limits: Partial<Record<Name, Limits>> = {},
): NumberOptions<Name> & { json: boolean } {
  const names = Object.keys(defaults) as Name[];
  const text = { type: 'string' } as const;
  const values: Record<string, string | boolean | undefined> = readOptions(help, {
    ...Object.fromEntries(names.map((name) => [name, text])),
    json: { type: 'boolean' },
  });
  const numbers = { ...defaults };
  for (const name of names) {
    const given = values[name];
    if (given === undefined) continue;
    numbers[name] = Number(given);
    const problem = problemWith(numbers[name], limits[name]);
    if (problem !== undefined) refuse(`--${name} must be ${problem}, not "${given}".`);
  }
  return { ...numbers, json: values.json === true };
}

function problemWith(value: number, limits: Limits | undefined): string | undefined {
  if (limits === undefined) return value > 0 ? undefined : 'a number above 0';
  const { min, max, isWhole = false } = limits;
  if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) return undefined;
  return `a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}`;
}

/** Prints the report for people or as JSON, and sets the exit status. */
export function finish(report: object, { json, ok }: { json: boolean; ok: boolean }): void {
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else printRows(report);
  if (!ok) process.exitCode = 1;
}

function printRows(report: object, indent = ''): void {
  for (const [name, value] of Object.entries(report)) {
    if (typeof value === 'object' && value !== null) {
      say(`${indent}${name}`);
      printRows(value, `${indent}  `);
    } else say(`${indent}${name.padEnd(26 - indent.length)} ${value}`);
  }
}

/** A fresh local stack in a process of its own, so that load and stack do not share a thread. */
export async function withLocalProcess<T>(run: (stack: LocalProcess) => Promise<T>): Promise<T> {
  say('Synthesising and starting a local stack …');
  const stack = await startLocalProcess(['--memory']);
  try {
    return await run(stack);
  } finally {
    await stack.stop();
  }
}
