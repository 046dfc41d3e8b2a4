import type { Counts } from '../checker/verdict.ts';
import type { Run } from './simulation.ts';

/** What is left of a run when it is one of thousands. */
export interface Summary {
  seed: number;
  hash: string;
  counts: Counts;
  pulls: number;
  steps: number;
  findings: { rule: string; message: string }[];
}

export function summarize({ plan, hash, counts, pulls, steps, findings }: Run): Summary {
  const told = findings.map(({ rule, message }) => ({ rule, message }));
  return { seed: plan.seed, hash, counts, pulls, steps, findings: told };
}

/** Of many runs. */
export interface Totals {
  runs: number;
  steps: number;
  faults: Record<string, number>;
  messages: { sent: number; acknowledged: number; refused: number; stored: number; voids: number };
  frames: { posted: number; shown: number; pulls: number };
  /** Of all histories, in whatever order they came: equal for equal seeds. */
  fingerprint: string;
  /** Violations by rule, and the first seeds that showed them. */
  violations: Record<string, { count: number; seeds: number[] }>;
}

const SEEDS_SHOWN = 5;

export function createTotals(): Totals {
  return {
    runs: 0,
    steps: 0,
    faults: {},
    messages: { sent: 0, acknowledged: 0, refused: 0, stored: 0, voids: 0 },
    frames: { posted: 0, shown: 0, pulls: 0 },
    fingerprint: '',
    violations: {},
  };
}

export function addTo(
  totals: Totals,
  { seed, hash, counts, pulls, steps, findings }: Summary,
): void {
  const { messages, frames, faults, violations } = totals;
  totals.runs += 1;
  totals.steps += steps;
  totals.fingerprint = combine(totals.fingerprint, hash);
  for (const name of ['sent', 'acknowledged', 'refused', 'stored', 'voids'] as const) {
    messages[name] += counts[name];
  }
  frames.posted += counts.posted;
  frames.shown += counts.shown;
  frames.pulls += pulls;
  for (const [fault, count] of Object.entries(counts.faults)) {
    faults[fault] = (faults[fault] ?? 0) + count;
  }
  for (const { rule } of findings) {
    const known = violations[rule] ?? { count: 0, seeds: [] };
    violations[rule] = known;
    known.count += 1;
    if (!known.seeds.includes(seed) && known.seeds.length < SEEDS_SHOWN) known.seeds.push(seed);
  }
}

const FINGERPRINT_DIGITS = 16;

function combine(fingerprint: string, hash: string): string {
  const digits =
    BigInt(`0x${fingerprint || '0'}`) ^ BigInt(`0x${hash.slice(0, FINGERPRINT_DIGITS)}`);
  return digits.toString(16).padStart(FINGERPRINT_DIGITS, '0');
}
