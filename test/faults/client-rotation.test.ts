import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runRotations } from '../load/rotation-run.ts';
import { type OwnStack, startOwnStack } from '../support/local-stack.ts';

/** The long run, with the gateway as impatient as the library expects, is `npm run rotations`. */
const LIBRARY_MAX_AGE_MS = 3_000;
/** Far above, so that a slow machine is not taken for a library that comes too late. */
const GATEWAY_MAX_AGE_MS = 12_000;

let stack: OwnStack;

beforeAll(async () => {
  stack = await startOwnStack({ gatewayLimits: { maxConnectionAgeMs: GATEWAY_MAX_AGE_MS } });
}, 120_000);
afterAll(() => stack?.stop());

const run = (maxAgeMs: number, rotations: number) =>
  runRotations({
    url: stack.url,
    clients: 12,
    rotations,
    maxAgeMs,
    rate: 10,
    onProgress: () => {},
  });

describe('a connection that reaches its largest age', () => {
  it('is replaced before it ends: the application is never without one, and misses nothing', async () => {
    const report = await run(LIBRARY_MAX_AGE_MS, 3);
    expect(report.rotations).toBeGreaterThanOrEqual(36);
    expect(report).toMatchObject({ interruptions: 0, lost: 0, duplicated: 0, reordered: 0 });
    expect(report.shown).toBe(12 * report.sent);
  }, 90_000);

  it('is missed by nobody when the library learns of the age the hard way', async () => {
    const report = await run(7_200_000, 1);
    expect(report.interruptions).toBeGreaterThanOrEqual(12);
    expect(report).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 });
  }, 90_000);
});
