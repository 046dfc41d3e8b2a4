import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runJoins } from '../load/join-run.ts';
import { type OwnStack, startOwnStack } from '../support/local-stack.ts';

let stack: OwnStack;

beforeAll(async () => {
  stack = await startOwnStack();
}, 120_000);
afterAll(() => stack?.stop());

describe('a room that is joined while somebody keeps sending', () => {
  // The long run is `npm run joins`.
  it('shows its history up to where the live messages begin, and nothing twice, 200 times', async () => {
    const load = { clients: 20, joins: 200, rooms: 2, rate: 15 };
    const report = await runJoins({ ...load, url: stack.url, onProgress: () => {} });
    expect(report).toMatchObject({ joins: 200, lost: 0, duplicated: 0, reordered: 0 });
    expect(report.read).toBeGreaterThan(600);
  }, 90_000);
});
