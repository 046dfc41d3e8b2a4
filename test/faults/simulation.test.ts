import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { losingFlushes } from './simulation/broken-flushes.ts';
import { EPOCH_MS } from './simulation/deployment.ts';
import type { JudgedMutation } from './simulation/mutation-run.ts';
import { simulate } from './simulation/simulation.ts';
import type { Totals } from './simulation/summary.ts';

const SEEDS = 300;
const LOSSY_SEEDS = 20;
const TIMEOUT_MS = 120_000;

/** In a process of its own: there all cores take part, and real time is forbidden. */
async function faults<Report>(...options: string[]): Promise<Report> {
  const script = 'test/faults/simulation/run.ts';
  const { stdout } = await promisify(execFile)('node', [script, '--json', ...options]);
  return JSON.parse(stdout);
}

describe('the simulation', () => {
  it(
    `keeps every promise in ${SEEDS} runs under faults of all kinds`,
    async () => {
      const totals = await faults<Totals>('--seeds', String(SEEDS));
      expect(totals.violations).toEqual({});
      expect(totals.runs).toBe(SEEDS);
      expect(totals.messages.acknowledged).toBeGreaterThan(0.9 * totals.messages.sent);
      expect(Object.keys(totals.faults).length).toBeGreaterThan(25);
    },
    TIMEOUT_MS,
  );

  it(
    'runs the same seed to the same history, here and elsewhere',
    async () => {
      const [first, second, other] = [
        await simulate({ seed: 7 }),
        await simulate({ seed: 7 }),
        await simulate({ seed: 8 }),
      ];
      expect(JSON.stringify(second.history)).toBe(JSON.stringify(first.history));
      expect([second.hash, other.hash === first.hash]).toEqual([first.hash, false]);

      const { fingerprint } = await faults<Totals>('--seeds', '1', '--from', '7');
      expect(first.hash.slice(0, fingerprint.length)).toBe(fingerprint);
    },
    TIMEOUT_MS,
  );

  it('leaves the rest of a run as it was when a fault is left out', async () => {
    const whole = await simulate({ seed: 7 });
    const withoutCuts = whole.strikes.filter((id) => !id.startsWith('cut'));
    const run = await simulate({ seed: 7, kept: new Set(withoutCuts) });
    expect(run.strikes.length).toBeGreaterThan(0.5 * withoutCuts.length);
    expect(withoutCuts).toEqual(expect.arrayContaining([...run.strikes]));
  });
});

describe('a queue that loses flushes', () => {
  it(
    'silences no room for long: another flush takes over what was left to the lost one',
    async () => {
      const seams = { adapters: losingFlushes(EPOCH_MS + 40_000) };
      for (let seed = 1; seed <= LOSSY_SEEDS; seed += 1) {
        const { findings } = await simulate({ seed, seams });
        expect(findings).toEqual([]);
      }
    },
    TIMEOUT_MS,
  );
});

describe('the checker', () => {
  const caught = {
    'receipts-unchecked': 'stored-twice',
    'last-page-only': 'never-posted',
    'flush-records-first': 'never-posted',
    'lease-ignored': 'never-posted',
    'new-id-on-retry': 'accepted-not-stored',
    'dedup-removed': 'shown-twice',
    'gap-pull-removed': 'never-shown',
  };

  it(
    'notices what is missing from the product',
    async () => {
      const judged = await faults<JudgedMutation[]>(
        '--mutations',
        '--within',
        '40',
        '--only',
        Object.keys(caught).join(),
      );
      expect(Object.fromEntries(judged.map(({ mutation, rule }) => [mutation, rule]))).toEqual(
        caught,
      );
    },
    TIMEOUT_MS,
  );
});
