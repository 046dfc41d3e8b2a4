import { describe, expect, it } from '@jest/globals';
import type { Subject } from '../../../../operations/tail/subject.ts';
import { tail } from '../../../../operations/tail/tail.ts';

const START = Date.parse('2026-11-16T12:00:00.000Z');
const MESSAGE_ID = '01KSVZYNVY0000000000000007';

const line = (message: string, afterMs: number, fields: object) =>
  JSON.stringify({
    level: 'INFO',
    service: 'any',
    message,
    timestamp: new Date(START + afterMs).toISOString(),
    roomId: 'lobby',
    ...fields,
  });

const stored = line('stored', 12, {
  seq: 7,
  messageId: MESSAGE_ID,
  receivedAt: START,
  duplicate: false,
});
const fannedOut = line('room fanned out', 250, { seqs: [6, 8], members: 3, frames: 1, jobs: 1 });
const settled = { requeued: 0, givenUp: 0 };
const delivered = line('job delivered', 300, {
  ...settled,
  seqs: [6, 8],
  hops: 0,
  recipients: 3,
  outcomes: { throttled: 1, gone: 1, delivered: 1 },
  requeued: 1,
});
const ofOthers = [
  line('stored', 13, { seq: 9, messageId: 'other', receivedAt: START, duplicate: false }),
  line('room fanned out', 260, { seqs: [9, 9], members: 3, frames: 1, jobs: 1 }),
  line('room fanned out', 260, { roomId: 'hall', seqs: [7, 7], members: 1, frames: 1, jobs: 1 }),
  line('fanned out', 260, { rooms: 2 }),
  'START RequestId: 1',
  '{"level":"ERROR","message":"room fanned out"}',
];

async function shownOf(subject: Subject, batches: string[][], since = 0) {
  const shown: string[] = [];
  async function* source() {
    yield* batches;
  }
  const options = { subject, since, signal: new AbortController().signal };
  const count = await tail(source, { ...options, show: (text) => shown.push(text) });
  expect(count).toBe(shown.length);
  return shown;
}

const message: Subject = { kind: 'message', messageId: MESSAGE_ID };
const room: Subject = { kind: 'room', roomId: 'lobby' };

const WAY = [
  '12:00:00.000  received   lobby      7  by the gateway',
  `12:00:00.012  stored     lobby      7  ${MESSAGE_ID}  +12 ms`,
  '12:00:00.250  fan-out    lobby    6-8  3 members, 1 frame  +250 ms',
  '12:00:00.250  enqueued   lobby    6-8  1 job  +250 ms',
  '12:00:00.300  delivered  lobby    6-8  1 of 3  +300 ms',
  '12:00:00.300  throttled  lobby    6-8  1 of 3  +300 ms',
  '12:00:00.300  gone       lobby    6-8  1 of 3  +300 ms',
  '12:00:00.300  enqueued   lobby    6-8  1 once more  +300 ms',
];

describe('tail', () => {
  it('tells the way of one message, with the time that it took', async () => {
    expect(await shownOf(message, [[stored, fannedOut, delivered, ...ofOthers]])).toEqual(WAY);
  });

  it('finds what was logged before the line that says which number the message has', async () => {
    const batches = [[fannedOut], ofOthers, [stored], [delivered]];

    expect((await shownOf(message, batches)).toSorted()).toEqual(WAY.toSorted());
  });

  it('tells of all messages of a room, in the order of their times', async () => {
    const shown = await shownOf(room, [[delivered, ...ofOthers, fannedOut, stored]]);

    expect(shown.map((text) => text.slice(0, 12))).toEqual(
      shown.map((text) => text.slice(0, 12)).toSorted(),
    );
    expect(shown).toHaveLength(12);
  });

  it('tells of a paced room who waits for a flush, and of that flush', async () => {
    const lines = [
      line('left to a flush', 250, { seqs: [7, 7] }),
      line('room flushed', 900, { seqs: [5, 8], members: 3, frames: 1, jobs: 1 }),
      line('room flushed', 950, { seqs: [9, 8], members: 0, frames: 0, jobs: 0 }),
      line('part fanned out', 990, { seqs: [5, 8], members: 20_000, jobs: 200 }),
    ];

    expect(await shownOf(room, [lines])).toEqual([
      '12:00:00.250  left       lobby      7  to a flush of the room',
      '12:00:00.900  flush      lobby    5-8  3 members, 1 frame',
      '12:00:00.900  enqueued   lobby    5-8  1 job',
      '12:00:00.990  enqueued   lobby    5-8  200 jobs, for 20000 of the members',
    ]);
  });

  it('leaves out what is older than asked for', async () => {
    expect(await shownOf(room, [[stored, fannedOut, delivered]], START + 300)).toHaveLength(4);
  });

  it('names the failure, and who lost something', async () => {
    const lines = [
      line('fan-out of a room failed', 1, { seqs: [7, 6], error: { name: 'X', message: 'a\nb' } }),
      line('delivery job failed', 2, { error: { name: 'Y', message: 'c' } }),
      line('recipients given up', 3, { seqs: [7, 7], connectionIds: ['c1', 'c2'] }),
    ];

    expect(await shownOf(room, [lines])).toEqual([
      '12:00:00.001  failed     lobby    6-7  fan-out of a room failed: X: a b',
      '12:00:00.002  failed     lobby         delivery job failed: Y: c',
      '12:00:00.003  lost       lobby      7  recipients given up: 2',
    ]);
  });

  it('says after how many attempts somebody was given up', async () => {
    const fields = { seqs: [7, 7], hops: 5, recipients: 1, outcomes: { failed: 1 } };
    const last = line('job delivered', 9, { ...fields, ...settled, givenUp: 1 });

    expect(await shownOf(room, [[last]])).toEqual([
      '12:00:00.009  failed     lobby      7  1 of 1',
      '12:00:00.009  given up   lobby      7  1 after 6 attempts',
    ]);
  });
});
