import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createFrameTap } from '../../../../local/gateway/frame-tap.ts';
import { frame } from './gateway-fixture.ts';

const LIMIT = 32 * 1024;
const TEXT = 1;
const CONTINUATION = 0;
const PING = 9;

describe('frame tap', () => {
  it('accepts a frame of exactly the limit', () => {
    const tap = createFrameTap(LIMIT);
    tap.read(frame(TEXT, 'x'.repeat(LIMIT)));
    expect(tap.firstOversizedMessage()).toBe(-1);
  });

  it('names the message whose frame is one byte over', () => {
    const tap = createFrameTap(LIMIT);
    tap.read(
      Buffer.concat([frame(TEXT, 'a'), frame(TEXT, ''), frame(TEXT, 'x'.repeat(LIMIT + 1))]),
    );
    expect(tap.firstOversizedMessage()).toBe(2);
  });

  it('counts a fragmented message once, with pings between its fragments', () => {
    const tap = createFrameTap(LIMIT);
    const half = 'x'.repeat(LIMIT);
    tap.read(
      Buffer.concat([
        frame(TEXT, half, false),
        frame(PING, 'p'),
        frame(CONTINUATION, half, true),
        frame(TEXT, `${half}!`),
      ]),
    );
    expect(tap.firstOversizedMessage()).toBe(1);
  });

  it('sees an oversized frame before its payload has come', () => {
    const tap = createFrameTap(LIMIT);
    tap.read(frame(TEXT, 'x'.repeat(100_000)).subarray(0, 14));
    expect(tap.firstOversizedMessage()).toBe(0);
  });

  it('finds the same message however the bytes are cut into chunks', () => {
    const lengths = fc.array(fc.constantFrom(0, 1, 125, 126, 300, 65_535, 65_536), {
      maxLength: 8,
    });
    const cuts = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lengths, cuts, fc.boolean(), (sizes, steps, byBytes) => {
        const bytes = Buffer.concat(sizes.map((size) => frame(TEXT, 'x'.repeat(size))));
        const tap = createFrameTap(65_535);
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const step = byBytes && at < 100 ? 1 : (steps[i % steps.length] ?? 1);
          tap.read(bytes.subarray(at, at + step));
          at += step;
        }
        expect(tap.firstOversizedMessage()).toBe(sizes.indexOf(65_536));
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
