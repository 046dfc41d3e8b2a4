/** `npm run bench`: what the functions of the pipeline cost, each beside something to compare with. */
import { readOptions, readWholeNumber, refuse, say } from '../support/script.ts';
import { benchBundles } from './bundles.ts';
import { benchDeliver } from './deliver.ts';
import { benchDesigns } from './designs/designs.ts';
import { benchFanOut } from './fan-out.ts';
import type { MeasureOptions } from './harness.ts';
import { benchPacing } from './pacing.ts';
import { type BenchReport, isMet, toText } from './report.ts';
import { benchSend } from './send.ts';
import { benchSignature } from './signature.ts';

type Benchmark = (options: MeasureOptions) => Promise<BenchReport | BenchReport[]>;

const BENCHMARKS: Record<string, Benchmark> = {
  deliver: benchDeliver,
  send: benchSend,
  'fan-out': benchFanOut,
  pacing: benchPacing,
  signature: benchSignature,
  bundles: benchBundles,
  designs: benchDesigns,
};

const HELP = `Usage: npm run bench -- [options]

  --only <name>       one of ${Object.keys(BENCHMARKS).join(', ')}; may be repeated. All by default
  --rounds <number>   rounds that count, after one that does not    default 7
  --json              print the reports as JSON
  --help              this text

Variants run in turn within each round; figures are medians. Exits with 1 if a promise was missed.`;

// An exit, unlike a signal, lets what was started end with this process.
process.once('SIGINT', () => process.exit(130));

const values = readOptions(HELP, {
  only: { type: 'string', multiple: true },
  rounds: { type: 'string', default: '7' },
  json: { type: 'boolean' },
});
await run(values.only ?? Object.keys(BENCHMARKS), readWholeNumber('rounds', values.rounds));

async function run(names: string[], rounds: number): Promise<void> {
  const reports: Record<string, BenchReport[]> = {};
  for (const name of names) {
    const bench = BENCHMARKS[name];
    if (bench === undefined) {
      refuse(`--only takes ${Object.keys(BENCHMARKS).join(', ')}, not "${name}".`);
    }
    const found = await bench({ rounds, onProgress: (line) => say(`${name}: ${line}`) });
    reports[name] = Array.isArray(found) ? found : [found];
    if (values.json) continue;
    for (const report of reports[name]) process.stdout.write(`\n${toText(report)}\n\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  if (
    !Object.values(reports)
      .flat()
      .every(({ targets }) => targets.every(isMet))
  )
    process.exitCode = 1;
}
