/** `npm run chaos`: real clients against a real stack of which something breaks every few seconds. */
import { finish, readScriptOptions } from '../../load/script.ts';
import { say } from '../../support/script.ts';
import type { Violation } from '../checker/verdict.ts';
import { FAULTS } from './plan.ts';
import { reportOn } from './report.ts';
import { type ChaosRun, runChaos } from './run.ts';

const HELP = `Usage: npm run chaos -- [options]

  --clients <number>     real clients of the library                    default 200
  --rooms <number>       they are spread over                           default 20
  --seconds <number>     how long they talk, and things break           default 60
  --rate <number>        messages a second of one client                default 0.3
  --seed <number>        makes the plan of the faults                   default a random one
  --json                 print the report as JSON
  --help                 this text

Starts a local stack of its own and breaks it in these ways, each of them several times:

${Object.entries(FAULTS)
  .map(([kind, what]) => `  ${kind.padEnd(21)}  ${what}`)
  .join('\n')}

Then it waits until everybody has seen everything, and judges: what every application saw against
what stands in the tables. Exits with 1 if anything was lost, came twice or out of order, or broke
any other rule. The same seed makes the same plan; what the faults meet depends on the machine.`;

const VIOLATIONS_SHOWN = 10;
const PROBLEMS_SHOWN = 20;

const { json, ...options } = readScriptOptions(HELP, {
  clients: 200,
  rooms: 20,
  seconds: 60,
  rate: 0.3,
  seed: 1 + Math.floor(Math.random() * 999_999),
});

const stopping = new AbortController();
process.once('SIGINT', () => {
  say('Stopping …');
  stopping.abort(new Error('Stopped.'));
  process.once('SIGINT', () => process.exit(130));
});

try {
  const run = await runChaos({ ...options, signal: stopping.signal, onProgress: say });
  const { rows, violations, isThorough } = reportOn(run);
  finish({ ...options, ...rows }, { json, ok: violations.length === 0 && isThorough });
  if (!isThorough) say('Too few of the faults found an occasion: this run shows nothing.');
  if (violations.length > 0) tell(violations, run);
} catch (error) {
  if (!stopping.signal.aborted) throw error;
  process.exitCode = 130;
}

function tell(violations: readonly Violation[], { problems, history }: ChaosRun): void {
  const startedAt = history[0]?.at ?? 0;
  say(`\nThe last problems of the stack:\n${problems.slice(-PROBLEMS_SHOWN).join('\n')}`);
  for (const { rule, message, events, rows } of violations.slice(0, VIOLATIONS_SHOWN)) {
    say(`\n${rule}: ${message}`);
    for (const event of events) say(`  ${JSON.stringify({ ...event, at: event.at - startedAt })}`);
    for (const row of rows) say(`  in the log: ${JSON.stringify(row)}`);
  }
  const more = violations.length - VIOLATIONS_SHOWN;
  if (more > 0) say(`\n… and ${more} more`);
}
