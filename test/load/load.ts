/** `npm run load`: clients of the library against a stack, measured from end to end. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import { toTable } from '../bench/report.ts';
import { now } from '../support/now.ts';
import { say } from '../support/script.ts';
import { figuresOf } from './agreement/compare.ts';
import { changeBetween } from './agreement/dashboard-change.ts';
import { type DashboardReading, readDashboard } from './agreement/dashboard-reading.ts';
import { requireArtillery, startArtillery } from './artillery/start-artillery.ts';
import { CliError, type CommandLine, HELP, readCommandLine, requireFor } from './command-line.ts';
import { conduct } from './conduct.ts';
import { type ConductPart, conductBeside } from './conduct-beside.ts';
import { startThreads } from './crowd/load-crowd.ts';
import { countDifference } from './measure/count-difference.ts';
import { createProgress } from './progress.ts';
import { createReport, type LoadReport } from './report/report.ts';
import {
  toAgreementRows,
  toRows,
  toStepRows,
  toStillLines,
  toVerdictLines,
} from './report/to-rows.ts';
import { writeReport } from './report/write-report.ts';
import { readScenario, type Scenario, ScenarioError } from './scenario.ts';
import { type LoadStack, openStack, type StackFigures } from './stack/load-stack.ts';

/** What a shell expects of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;
/** So many points at most in the plots, and a second at least from one to the next. */
const POINTS_MAX = 180;

const progress = createProgress(process.stderr, now);
const stopping = new AbortController();

async function run(options: CommandLine, scenario: Scenario): Promise<LoadReport> {
  const { shape } = scenario;
  const startedAt = new Date();
  if (options.driver === 'artillery') requireArtillery();
  const { hotMembers, hotRate, postsPerSecond } = shape;
  const { signal } = stopping;
  const stack = await openStack({ ...options, postsPerSecond, signal, onProgress: say });
  const settings = {
    url: stack.url,
    ...(options.token !== undefined && { token: options.token }),
    intervalMs: Math.ceil(Math.max(1, shape.seconds / POINTS_MAX)) * 1_000,
    seed: options.seed,
  };
  /** Of the parts that are under way, the last word. */
  const doing = new Map<string, string>();
  /** In a crowd of its own, which goes when it is over. */
  const conductPart: ConductPart = async (name, part) => {
    const { members, rooms } = part.shape;
    const run = `${startedAt.getTime().toString(36)}${name}`;
    const ofCrowd = { ...settings, run, members, rooms };
    const crowds =
      options.driver === 'own'
        ? await startThreads(ofCrowd, options.workers)
        : [await startArtillery(ofCrowd, part.shape)];
    const onProgress = (line: string) => {
      doing.set(name, name === '' ? line : `${name}: ${line}`);
      progress.show([...doing.values()].join(' · '));
    };
    try {
      return await conduct({ ...part, crowds, onProgress });
    } finally {
      progress.end();
      doing.delete(name);
      await Promise.all(crowds.map((crowd) => crowd.stop()));
    }
  };
  try {
    say(`${scenario.description}; on ${stack.description}.`);
    const before = await stack.figures();
    const shownBefore = await look(stack.url);
    let shownAfter: DashboardReading | undefined;
    const beforeEnd = async () => {
      shownAfter = await look(stack.url);
    };
    const conducted =
      hotMembers === undefined || hotRate === undefined
        ? await conductPart('', { shape, signal, beforeEnd })
        : await conductBeside({
            shape,
            hot: { members: hotMembers, rate: hotRate },
            conductPart,
            signal,
          });
    const dashboard = shownBefore && shownAfter && changeBetween(shownBefore, shownAfter);
    return createReport({
      name: options.scenario,
      scenario,
      driver: options.driver,
      stack: stack.description,
      startedAt,
      machine: describeMachine(),
      intervalMs: settings.intervalMs,
      conducted,
      figures: since(await stack.figures(), before) ?? (dashboard && figuresOf(dashboard)),
      dashboard,
    });
  } finally {
    await stack.stop();
  }
}

/** What clients have measured is not to be lost for it. */
async function look(url: string): Promise<DashboardReading | undefined> {
  try {
    return await readDashboard(url, stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) say(`The dashboard cannot be read, nor compared: ${error}`);
    return undefined;
  }
}

function since(
  after: Awaited<ReturnType<LoadStack['figures']>>,
  before: Awaited<ReturnType<LoadStack['figures']>>,
): StackFigures | undefined {
  if (after === undefined || before === undefined) return undefined;
  return {
    postsByStatus: countDifference(after.postsByStatus, before.postsByStatus),
    coldStarts: after.coldStarts - before.coldStarts,
    ...(after.pace && { pace: after.pace }),
  };
}

function describeMachine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${availableParallelism()} cores (${model}), ${gigabytes} GB, Node ${process.version}`;
}

function tell(report: LoadReport, { json, outDir }: CommandLine): void {
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else {
    for (const [name, value] of toRows(report)) say(`${name.padEnd(22)}${value}`);
    if (report.steps !== undefined) say(`\n${toTable(toStepRows(report)).join('\n')}`);
    if (report.agreement !== undefined) {
      const lines = [...toTable(toAgreementRows(report)), '', ...toStillLines(report)];
      say(`\nThe stack's own figures:\n\n${lines.join('\n')}`);
    }
  }
  say(`\n${toVerdictLines(report).join('\n')}`);
  const paths = writeReport(report, outDir);
  say(`\n${paths.html}\n${paths.json}`);
}

process.on('SIGINT', () => {
  // A second Ctrl-C does not wait.
  if (stopping.signal.aborted) process.exit(INTERRUPTED);
  progress.end();
  say('Bringing the run to an end …');
  stopping.abort(new Error('Stopped before the run began.'));
});
process.on('SIGTERM', () => process.emit('SIGINT'));

try {
  const options = readCommandLine(process.argv.slice(2), process.env);
  if (options === 'help') process.stdout.write(`${HELP}\n`);
  else {
    const scenario = readScenario(options.scenario, options.changes);
    requireFor(scenario.shape, options);
    const report = await run(options, scenario);
    tell(report, options);
    process.exitCode = report.isInterrupted ? INTERRUPTED : report.ok ? 0 : 1;
  }
} catch (error) {
  const known = error instanceof CliError || error instanceof ScenarioError;
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = stopping.signal.aborted ? INTERRUPTED : known ? 2 : 1;
}
