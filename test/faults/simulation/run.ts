/** `npm run faults`: thousands of seeded runs of the product on virtual time, judged by the checker. */
import { readOptions, readWholeNumber, refuse, say } from '../../support/script.ts';
import { FAULTS, PLANNED_FAULTS } from './faults.ts';
import { runFleet } from './fleet.ts';
import { judgeMutations, toRows } from './mutation-run.ts';
import { MUTATIONS } from './mutations.ts';
import { explainSeed } from './seed-run.ts';
import { addTo, createTotals, type Totals } from './summary.ts';

const HELP = `Usage: npm run faults -- [options]

  --seeds <number>     how many runs                                  default 1000
  --from <number>      the first seed                                 default 1
  --seed <number>      one run, with the smallest history of each violation
  --mutation <name>    with one safeguard of the product taken out
  --mutations          every mutation, until the checker notices
  --only <a,b>         with --mutations: these only
  --within <number>    with --mutations: seeds to notice each in      default 400
  --workers <number>   threads                                        default: one per core
  --json               print the report as JSON
  --help               this text

Runs the real handlers, adapters and client library over a simulated gateway, tables, stream and
queue. A seed decides everything: the same seed is the same run. Exits with 1 when a promise is
broken, or with --mutations when a broken promise is not noticed.

Faults: ${Object.keys({ ...FAULTS, ...PLANNED_FAULTS }).join(', ')}
Mutations: ${Object.keys(MUTATIONS).join(', ')}`;

const options = readArguments();
const interrupted = new AbortController();
// More than once: npm hands on what the terminal has sent already.
process.on('SIGINT', () => {
  if (interrupted.signal.aborted) return;
  say('Interrupted: this is what was done.');
  process.exitCode = 130;
  interrupted.abort();
});

if (options.mutations) await runMutations();
else if (options.seed !== undefined) await runSeed(options.seed);
else await runSeeds();

async function runSeeds(): Promise<void> {
  const { seeds, from, mutation, workers } = options;
  const totals = createTotals();
  const startedAt = performance.now();
  const progress = setInterval(() => {
    const broken = Object.keys(totals.violations).join(', ') || 'none';
    say(`${totals.runs} of ${seeds} runs, violations: ${broken}`);
  }, 10_000);
  await runFleet({
    from,
    seeds,
    mutation,
    workers,
    signal: interrupted.signal,
    onSummary(summary) {
      const isFirst = Object.keys(totals.violations).length === 0;
      addTo(totals, summary);
      const [first] = summary.findings;
      if (first !== undefined && isFirst)
        say(`Seed ${summary.seed}: ${first.rule}: ${first.message}`);
      return undefined;
    },
  }).finally(() => clearInterval(progress));
  report(totals, (performance.now() - startedAt) / 1_000);
}

function report(totals: Totals, seconds: number): void {
  const rules = Object.keys(totals.violations);
  if (options.json) print({ ...totals, seconds: Math.round(seconds) });
  else {
    const { messages, frames } = totals;
    say(`runs        ${totals.runs} in ${Math.round(seconds)} s, ${totals.steps} steps`);
    const faults = Object.entries(totals.faults).toSorted(([, a], [, b]) => b - a);
    say(`faults      ${faults.reduce((sum, [, count]) => sum + count, 0)}`);
    for (const [fault, count] of faults) say(`  ${fault.padEnd(18)}${count}`);
    say(
      `messages    ${Object.entries(messages)
        .map(([name, count]) => `${count} ${name}`)
        .join(', ')}`,
    );
    say(
      `frames      ${Object.entries(frames)
        .map(([name, count]) => `${count} ${name}`)
        .join(', ')}`,
    );
    say(`fingerprint ${totals.fingerprint}`);
    say(`violations  ${rules.length === 0 ? '0' : ''}`);
    for (const [rule, { count, seeds }] of Object.entries(totals.violations)) {
      say(`  ${rule.padEnd(22)}${count}, e.g. --seed ${seeds.join(', ')}`);
    }
  }
  if (rules.length > 0) process.exitCode = 1;
}

async function runSeed(seed: number): Promise<void> {
  const tell = options.json ? () => {} : say;
  const explained = await explainSeed(seed, options.mutation, tell, interrupted.signal);
  if (options.json) print(explained);
  if (explained.findings.length > 0) process.exitCode = 1;
}

async function runMutations(): Promise<void> {
  const names = options.only ?? Object.keys(MUTATIONS);
  const { from, within, workers } = options;
  const signal = interrupted.signal;
  const judged = await judgeMutations({ names, from, within, workers, signal, onProgress: say });
  if (options.json) print(judged);
  else for (const row of toRows(judged)) say(row);
  if (judged.some(({ rule }) => rule === undefined)) process.exitCode = 1;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

function readArguments() {
  const number = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const values = readOptions(HELP, {
    seeds: { ...number, default: '1000' },
    from: { ...number, default: '1' },
    within: { ...number, default: '400' },
    seed: number,
    workers: number,
    mutation: { type: 'string' },
    only: { type: 'string' },
    mutations: flag,
    json: flag,
  });
  const { seeds, from, within, seed, workers, mutation, ...others } = values;
  const only = values.only?.split(',');
  for (const name of [...(only ?? []), ...(mutation === undefined ? [] : [mutation])]) {
    if (MUTATIONS[name] === undefined) {
      refuse(`There is no mutation "${name}": use one of ${Object.keys(MUTATIONS).join(', ')}.`);
    }
  }
  const ifGiven = (name: string, given: string | undefined) =>
    given === undefined ? undefined : readWholeNumber(name, given);
  return {
    ...others,
    seeds: readWholeNumber('seeds', seeds),
    from: readWholeNumber('from', from),
    within: readWholeNumber('within', within),
    seed: ifGiven('seed', seed),
    workers: ifGiven('workers', workers),
    mutation,
    only,
  };
}
