import { runFleet } from './fleet.ts';
import { MUTATIONS } from './mutations.ts';

/** Whether the checker noticed that a safeguard is missing. */
export interface JudgedMutation {
  mutation: string;
  means: string;
  /** What it noticed first, and after how many seeds; absent when it did not. */
  rule?: string;
  seeds: number;
  seed?: number;
  message?: string;
}

export interface MutationRunOptions {
  names: readonly string[];
  from: number;
  within: number;
  workers?: number | undefined;
  signal?: AbortSignal;
  onProgress(line: string): void;
}

export async function judgeMutations(options: MutationRunOptions): Promise<JudgedMutation[]> {
  const judged: JudgedMutation[] = [];
  for (const mutation of options.names) {
    const { means = '' } = MUTATIONS[mutation] ?? {};
    let first: JudgedMutation = { mutation, means, seeds: 0 };
    let runs = 0;
    await runFleet({
      ...options,
      seeds: options.within,
      mutation,
      onSummary({ seed, findings: [finding] }) {
        runs += 1;
        if (finding === undefined) return false;
        first = { mutation, means, seeds: runs, seed, ...finding };
        return true;
      },
    });
    if (options.signal?.aborted) break;
    if (first.rule === undefined) first.seeds = runs;
    judged.push(first);
    options.onProgress(`${mutation}: ${first.rule ?? 'not noticed'} after ${first.seeds} seeds`);
  }
  return judged;
}

export function toRows(judged: readonly JudgedMutation[]): string[] {
  return [
    `${'mutation'.padEnd(24)}${'caught by'.padEnd(22)}${'after seeds'.padEnd(13)}what is taken out`,
    ...judged.map(
      ({ mutation, rule = 'NOT CAUGHT', seeds, means }) =>
        `${mutation.padEnd(24)}${rule.padEnd(22)}${String(seeds).padEnd(13)}${means}`,
    ),
  ];
}
