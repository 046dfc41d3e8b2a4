/** `npm run scale`: a deployment with a million connections, simulated at rising rates. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toTable } from '../../bench/report.ts';
import { say } from '../../support/script.ts';
import { compareWithPlanner } from './compare.ts';
import { chartsOf, type Series } from './curves.ts';
import { atOnce } from './gathering.ts';
import { toSvg } from './line-chart.ts';
import { readScaleOptions } from './options.ts';
import { createPaced } from './paced.ts';
import { shareOut, zipfSizes } from './population.ts';
import { rowOf } from './rows.ts';
import { type SimulationOptions, type SimulationResult, simulate } from './simulate.ts';

const options = readScaleOptions();
const postsPerSecond = Math.floor(options.quota * options['posts-share']);
const run = {
  messageBytes: options.bytes,
  quota: options.quota,
  postsPerSecond,
  warmUpSeconds: options['warm-up'],
  seconds: options.seconds,
  drainSeconds: options.drain,
  seed: options.seed,
};

if (options['against-planner']) {
  const rows = await compareWithPlanner(run, say);
  process.stdout.write(
    options.json ? `${JSON.stringify(rows, null, 2)}\n` : `${toTable(rows).join('\n')}\n`,
  );
} else {
  const series = [await risingRates('without pacing', () => atOnce)];
  for (const percent of options['room-shares']) {
    const roomPostsPerSecond = (postsPerSecond * percent) / 100;
    const roomPostsAtOnce = Math.max(roomPostsPerSecond, postsPerSecond / 2);
    const windowMaxMs = options['window-max'];
    const limits = { roomPostsPerSecond, roomPostsAtOnce, windowMaxMs };
    series.push(await risingRates(`a room has ${percent} %`, (time) => createPaced(time, limits)));
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ options, series }, null, 2)}\n`);
  else for (const one of series) print(one);
  if (options.svg !== undefined) draw(series, options.svg);
  if (series.some(({ results }) => results.some((result) => !isSound(result))))
    process.exitCode = 1;
}

async function risingRates(
  name: string,
  gathering: SimulationOptions['gathering'],
): Promise<Series> {
  const members = zipfSizes(options.rooms, options.connections);
  const results: SimulationResult[] = [];
  for (const rate of options.rates) {
    const startedAt = performance.now();
    const rates = shareOut(members, rate, options.activity);
    results.push(await simulate({ ...run, gathering, population: { members, rates } }));
    const seconds = (performance.now() - startedAt) / 1_000;
    say(`${name}, ${rate} messages/s: simulated in ${seconds.toFixed(1)} s`);
  }
  return { name, results };
}

/** Nothing is lost without being counted, and no more went out than the buckets hold. */
function isSound({ pairs, mostAbove }: SimulationResult): boolean {
  const { accepted, delivered, givenUp, unended } = pairs;
  if (accepted !== delivered + givenUp + unended) {
    say(`${accepted - delivered - givenUp - unended} deliveries are not accounted for.`);
    return false;
  }
  if (mostAbove.posts > postsPerSecond / 2 + 1) {
    say(`Posts exceeded ${postsPerSecond} a second by ${mostAbove.posts}.`);
    return false;
  }
  return true;
}

function print({ name, results }: Series): void {
  process.stdout.write(`\n${name}\n\n${toTable(results.map(rowOf)).join('\n')}\n`);
}

function draw(series: readonly Series[], directory: string): void {
  mkdirSync(directory, { recursive: true });
  const charts = chartsOf(series, { quota: options.quota, postsPerSecond });
  for (const [name, chart] of Object.entries(charts)) {
    const file = join(directory, `${name}.svg`);
    writeFileSync(file, toSvg(chart));
    say(file);
  }
}
