import { seamsOf } from './mutations.ts';
import { type Run, simulate } from './simulation.ts';

/** Runs at most; each costs as much as any other run of the seed. */
const RUNS_MAX = 500;

/**
 * Makes a failing run smaller as long as the same rule still fails: delta debugging (Zeller's ddmin)
 * over everything that was done and everything that struck. What is left out takes its own draws with
 * it and leaves the others as they were, so that most of what is left happens again.
 */
export async function findSmallest(
  { seed, mutation }: { seed: number; mutation: string | undefined },
  failing: Run,
  rule: string,
  onProgress: (kept: number, runs: number) => void,
  signal: AbortSignal,
): Promise<Run> {
  let smallest = failing;
  let kept = [...failing.strikes];
  let runs = 0;
  const goesOn = () => runs < RUNS_MAX && !signal.aborted;

  async function stillFails(candidate: readonly string[]): Promise<boolean> {
    runs += 1;
    const run = await simulate({ seed, kept: new Set(candidate), seams: seamsOf(mutation) });
    if (!run.findings.some((finding) => finding.rule === rule)) return false;
    smallest = run;
    // What was kept and did not happen any more is not needed.
    kept = candidate.filter((id) => run.strikes.includes(id));
    onProgress(kept.length, runs);
    return true;
  }

  for (let size = Math.ceil(kept.length / 2); size >= 1 && goesOn(); ) {
    let removedSome = false;
    for (let start = 0; start < kept.length && goesOn(); ) {
      const without = [...kept.slice(0, start), ...kept.slice(start + size)];
      if (await stillFails(without)) removedSome = true;
      else start += size;
    }
    if (size === 1 && !removedSome) break;
    size = Math.max(1, Math.floor(size / 2));
  }
  return smallest;
}
