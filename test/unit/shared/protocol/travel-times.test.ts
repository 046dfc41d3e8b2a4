import { describe, expect, it } from '@jest/globals';
import { byteLength } from '../../../../shared/domain/bytes.ts';
import { FRAME_MAX_BYTES } from '../../../../shared/domain/limits.ts';
import type { DeliveryJob } from '../../../../shared/domain/ports.ts';
import type { MessagesPush } from '../../../../shared/protocol/frames.ts';
import { typingFrame } from '../../../../shared/protocol/push-frames.ts';
import { dequeueTimed, enqueueTimed, packTimed } from '../../../../shared/protocol/travel-times.ts';
import { packFrames } from '../../../../shared/protocol/wire-entry.ts';
import { aDeliveryJob } from '../../../support/delivery-jobs.ts';
import { createFakeClock, NOON } from '../../../support/fake-clock.ts';
import { aMessage, aVoid } from '../../../support/log-entries.ts';

const clock = createFakeClock();
const at = (ms: number) => new Date(NOON + ms).toISOString();
const pack = packTimed(packFrames, clock);

/** A message that looks, from the inside, like the end of a frame with times. */
const TRICKY = aMessage({
  seq: 1,
  text: '}}","travelTimes":{"seq":9}}',
  data: JSON.stringify({ a: 1, travelTimes: { seq: 9 } }),
  receivedAt: NOON - 30,
  sentAt: NOON - 20,
});

async function travel(frames: string[]): Promise<MessagesPush[]> {
  const sent: DeliveryJob[] = [];
  const queue = enqueueTimed({ send: async (jobs) => void sent.push(...jobs) }, clock);
  const read = dequeueTimed((body) => JSON.parse(body), clock);
  clock.advance(5);
  await queue.send([aDeliveryJob({ frames })]);
  clock.advance(7);
  return read(JSON.stringify(sent[0])).frames.map((frame) => JSON.parse(frame));
}

describe('a frame with travel times', () => {
  it('tells when its newest message passed where, and is otherwise as without them', async () => {
    const start = clock.now() - NOON;
    const entries = [TRICKY, aMessage({ seq: 2, receivedAt: NOON - 9, sentAt: NOON - 4 })];
    const [plain = ''] = packFrames('lobby', entries, 2);
    const [frame] = await travel(pack('lobby', entries, 2));
    expect(frame).toEqual({
      ...JSON.parse(plain),
      travelTimes: {
        seq: 2,
        receivedAt: at(-9),
        sentAt: at(-4),
        streamedAt: at(start),
        enqueuedAt: at(start + 5),
        dequeuedAt: at(start + 12),
      },
    });
  });

  it('stays within the 32 KB that are metered, however full it is', async () => {
    const [frame] = await travel(pack('lobby', [aMessage({ text: 'x'.repeat(30_400) })], 1));
    const bytes = byteLength(JSON.stringify(frame));
    expect(bytes).toBeGreaterThan(FRAME_MAX_BYTES);
    expect(bytes).toBeLessThan(31 * 1024);
  });

  it('is the last one of a fan-out, and a message is the newest even below a void', async () => {
    const entries = [1, 2, 3].map((seq) => aMessage({ seq, text: 'x'.repeat(20_000) }));
    const frames = await travel(pack('lobby', [...entries, aVoid({ seq: 4 })], 4));
    expect(frames.map(({ travelTimes }) => travelTimes?.seq)).toEqual([undefined, undefined, 3]);
  });

  it('tells of the last delivery when a job came back to the queue', async () => {
    const [once] = await travel(pack('lobby', [TRICKY], 1));
    const [twice] = await travel([JSON.stringify(once)]);
    expect(twice?.messages).toEqual(once?.messages);
    expect(twice?.travelTimes?.dequeuedAt).toBe(new Date(clock.now()).toISOString());
    expect(Object.keys(twice?.travelTimes ?? {})).toEqual(Object.keys(once?.travelTimes ?? {}));
  });

  it.each([
    ['is about no message', () => pack('lobby', [aVoid()], 1)],
    ['was packed without times', () => packFrames('lobby', [TRICKY], 1)],
    ['carries no messages at all', () => [typingFrame('lobby', 'ada}}')]],
  ])('is not made of one that %s', async (_title, frames) => {
    const before = frames();
    expect(await travel(before)).toEqual(before.map((frame) => JSON.parse(frame)));
  });
});
