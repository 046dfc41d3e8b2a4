import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { FRAME_MAX_BYTES } from '../../../../shared/domain/limits.ts';
import type { PresencePush } from '../../../../shared/protocol/frames.ts';
import {
  goawayFrame,
  presenceFrames,
  typingFrame,
} from '../../../../shared/protocol/push-frames.ts';

describe('push frames', () => {
  it('say who is typing, whatever the name', () => {
    expect(JSON.parse(typingFrame('lobby', 'a"b'))).toEqual({
      type: 'typing',
      roomId: 'lobby',
      userId: 'a"b',
    });
  });

  it('say when to come back', () => {
    expect(JSON.parse(goawayFrame('maintenance', 60_000))).toEqual({
      type: 'goaway',
      reason: 'maintenance',
      retryWindowMs: 60_000,
    });
  });

  it('say who came and went in one frame where it fits', () => {
    const change = { roomId: 'lobby', joined: ['ann'], left: ['ben'], count: 7 };

    expect(presenceFrames(change).map((frame) => JSON.parse(frame))).toEqual([
      { type: 'presence', ...change },
    ]);
  });

  it('never exceed a frame and forget nobody, however many come and go', () => {
    const users = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 128 }), {
      maxLength: 1_000,
      size: 'max',
    });
    fc.assert(
      fc.property(users, users, (joined, left) => {
        const frames = presenceFrames({ roomId: 'lobby', joined, left, count: 9 });
        const pushes = frames.map((frame): PresencePush => JSON.parse(frame));

        for (const frame of frames) {
          expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(FRAME_MAX_BYTES);
        }
        expect(pushes.flatMap((push) => push.joined)).toEqual(joined);
        expect(pushes.flatMap((push) => push.left)).toEqual(left);
        expect(new Set(pushes.map(({ count }) => count))).toEqual(new Set([9]));
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });
});
