import type { HistoryEvent } from '../checker/history.ts';
import { registerMutants } from './mutants.ts';
import { seamsOf } from './mutations.ts';
import type { Run } from './simulation.ts';
import { type Summary, summarize } from './summary.ts';

/** One run again, and what shows its violations with the least that has to happen. */
export async function explainSeed(
  seed: number,
  mutation: string | undefined,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<Summary> {
  registerMutants(mutation);
  const { simulate } = await import('./simulation.ts');
  const { findSmallest } = await import('./smallest.ts');
  const run = await simulate({ seed, seams: seamsOf(mutation) });
  const { clients, rooms, rates } = run.plan;
  tell(`seed ${seed}, history ${run.hash.slice(0, 16)}`);
  tell(`${clients.length} clients in ${rooms.length} rooms, ${run.history.length} events`);
  for (const [fault, rate] of Object.entries(rates)) tell(`  ${fault.padEnd(18)}${percent(rate)}`);
  if (run.findings.length === 0) tell('No violation.');

  for (const [rule, findings] of Map.groupBy(run.findings, (finding) => finding.rule)) {
    tell('');
    tell(`${rule}: ${findings.length}, first: ${findings[0]?.message}`);
    let best = Number.POSITIVE_INFINITY;
    const onProgress = (kept: number, runs: number) => {
      if (kept > 0.7 * best) return;
      best = kept;
      tell(
        `  it takes no more than ${kept} of ${run.strikes.length} actions and faults (${runs} runs)`,
      );
    };
    const smallest = await findSmallest({ seed, mutation }, run, rule, onProgress, signal);
    showSmallest(smallest, rule, tell);
  }
  return summarize(run);
}

function showSmallest(
  { history, findings, strikes }: Run,
  rule: string,
  tell: (line: string) => void,
) {
  tell(`  smallest found: ${strikes.length} actions and faults`);
  for (const id of strikes) tell(`    ${id}`);
  tell('  its history:');
  for (const event of history) tell(`    ${lineOf(event)}`);
  for (const finding of findings) {
    if (finding.rule === rule) tell(`  ${rule}: ${finding.message}`);
  }
}

function lineOf({ at, kind, ...rest }: HistoryEvent): string {
  const details = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
  return `${(at / 1_000).toFixed(3).padStart(9)} s  ${kind.padEnd(14)} ${details.join(' ').slice(0, 160)}`;
}

const percent = (rate: number) => `${(rate * 100).toFixed(2)} %`;
