import type { AlarmTransition } from './cloudwatch/alarm-watch.ts';
import type { Hop } from './trace.ts';

/** What the local stack tells a person: on standard output what happens, on standard error what fails. */
export interface Console {
  say(line: string): void;
  complain(line: string): void;
  /** One hop of a message, shown with `--verbose`. */
  hop(hop: Hop, detail: string): void;
  /**
   * One line that a function logged: all of them with `--verbose`, otherwise what went wrong. Lines that
   * only carry metrics (EMF) repeat what others say.
   */
  log(functionName: string, line: string): void;
  /** An alarm that begins or ends to ring, and what to read then. */
  alarm(transition: AlarmTransition): void;
}

/** A line of Powertools' logger. */
interface LogLine {
  level: string;
  message: string;
  error?: { name: string; message: string };
  [field: string]: unknown;
}

/** What every line carries; a person at a terminal knows it or does not need it. */
const COMMON_FIELDS = [
  'level',
  'message',
  'timestamp',
  'service',
  'sampling_rate',
  'xray_trace_id',
];

export function createConsole(verbose: boolean): Console {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const complain = (line: string) => process.stderr.write(`${line}\n`);
  const happened = (what: string, detail: string) =>
    say(`${new Date().toISOString().slice(11, 23)}  ${what.padEnd(12)}  ${detail}`);

  return {
    say,
    complain,
    hop: happened,
    alarm({ name, description, from, to }) {
      if (to === 'ALARM') happened('alarm', `${name} rings. ${description}`);
      else if (from === 'ALARM') happened('alarm', `${name} is over.`);
    },
    log(functionName, text) {
      const line = parse(text);
      if (line === undefined) complain(`[${functionName}] ${text}`);
      else if ('_aws' in line) return;
      else if (line.level === 'ERROR' || line.level === 'WARN') {
        complain(`[${functionName}] ${line.message}${describe(line)}`);
      } else if (verbose) happened(String(line.service), `${line.message}${describe(line)}`);
    },
  };
}

/** Lines that are no JSON come from no logger of ours. */
function parse(text: string): LogLine | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describe({ error, ...line }: LogLine): string {
  const fields = Object.entries(line)
    .filter(([name]) => !COMMON_FIELDS.includes(name))
    .map(
      ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
  const cause = error === undefined ? '' : `: ${error.name}: ${error.message}`;
  return `${cause}${fields.join('')}`;
}
