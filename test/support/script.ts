import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

const HELP_OPTION = { help: { type: 'boolean', short: 'h' } } as const;

/** Progress goes to standard error, so that standard output holds the report alone. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Ends the process, as the command line is wrong. */
export function refuse(problem: string): never {
  say(problem);
  process.exit(2);
}

/** Reads the options of a script. Ends the process when help was asked for, or what is given is no option. */
export function readOptions<const Own extends ParseArgsOptionsConfig>(help: string, own: Own) {
  const { values } = parse(own);
  if ('help' in values) {
    say(help);
    process.exit(0);
  }
  return values;
}

function parse<const Own extends ParseArgsOptionsConfig>(own: Own) {
  try {
    return parseArgs({ options: { ...own, ...HELP_OPTION } });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** Ends the process when the option is anything else. */
export function readWholeNumber(name: string, given: string): number {
  const value = Number(given);
  if (Number.isSafeInteger(value) && value > 0) return value;
  return refuse(`--${name} must be a whole number above 0, not "${given}".`);
}
