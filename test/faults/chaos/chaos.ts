/** `npm run chaos`: real clients against a real stack of which something breaks every few seconds. */
import { createLatencies } from '../../load/latencies.ts';
import { finish, readScriptOptions, say } from '../../load/script.ts';
import { check } from '../checker/check.ts';
import type { HistoryEvent } from '../checker/history.ts';
import type { Violation } from '../checker/verdict.ts';
import { FAULTS, planFaults } from './plan.ts';
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
  report(await runChaos({ ...options, signal: stopping.signal, onProgress: say }));
} catch (error) {
  if (!stopping.signal.aborted) throw error;
  process.exitCode = 130;
}

function report({ history, final, postsByStatus, problems, quietSeconds }: ChaosRun): void {
  const { violations, counts } = check(history, final);
  const {
    faults,
    lost,
    duplicated,
    reordered,
    posted,
    clients: _,
    rooms: __,
    ...messages
  } = counts;
  const planned = planFaults(options.seconds * 1_000, Math.random).length;
  const injected = Object.values(faults).reduce((sum, count) => sum + count, 0);
  // A run in which little broke shows little.
  const isThorough = injected >= planned / 2;
  finish(
    {
      ...options,
      faults: { all: injected, kinds: Object.keys(faults).length, ...faults },
      messages,
      posts: { all: posted, ...statuses(postsByStatus) },
      'sent to shown, ms': sentTo('shown', history),
      'sent to acknowledged, ms': sentTo('acknowledged', history),
      'seconds to catch up': Math.round(quietSeconds),
      'problems told': problems.length,
      verdict: { lost, duplicated, reordered, violations: violations.length },
    },
    { json, ok: violations.length === 0 && isThorough },
  );
  if (!isThorough) say(`Only ${injected} of ${planned} faults found an occasion.`);
  if (violations.length === 0) return;
  say(`\nThe last problems of the stack:\n${problems.slice(-PROBLEMS_SHOWN).join('\n')}`);
  say(
    `\nViolations${violations.length > VIOLATIONS_SHOWN ? `, the first ${VIOLATIONS_SHOWN}` : ''}:`,
  );
  for (const violation of violations.slice(0, VIOLATIONS_SHOWN)) tell(violation);
}

function tell({ rule, message, events, rows }: Violation): void {
  say(`\n${rule}: ${message}`);
  for (const part of [...events, ...rows]) say(`  ${JSON.stringify(part).slice(0, 300)}`);
}

function statuses(byStatus: Record<number, number>) {
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, count]) => [`answered ${status}`, count]),
  );
}

/** Outages included: from the call of the application until its message is shown, or acknowledged. */
function sentTo(kind: 'shown' | 'acknowledged', history: readonly HistoryEvent[]) {
  const sentAt = new Map<string, number>();
  const latencies = createLatencies();
  for (const event of history) {
    if (event.kind === 'sending') sentAt.set(event.clientMessageId, event.at);
    else if (event.kind === kind && event.client !== 'history') {
      const from = sentAt.get(event.clientMessageId ?? '');
      if (from !== undefined) latencies.record(event.at - from);
    }
  }
  const { p50, p99, max } = latencies.summary();
  return { p50: Math.round(p50), p99: Math.round(p99), max: Math.round(max) };
}
