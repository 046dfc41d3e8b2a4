import { describe, expect, it } from '@jest/globals';
import { packFrames } from '../../../../../shared/protocol/wire-entry.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { aMessage, aVoid } from '../../../../support/log-entries.ts';
import { aStreamEvent, aStreamRecord } from '../../../../support/stream-events.ts';
import { aHandler, ids, message, NOTHING_FAILED, poison } from './fan-out-fixture.ts';

describe('fan-out', () => {
  it('turns new messages of a room into one job for its members', async () => {
    const { chat, handle } = aHandler();
    await chat.admit('lobby', 'c1', 'c2');
    chat.rooms.put({ roomId: 'lobby', head: 9 });
    const entries = [
      aMessage({ seq: 7, receivedAt: NOON - 40 }),
      aMessage({ seq: 8, receivedAt: NOON - 30 }),
    ];

    expect(await handle(aStreamEvent(...entries.map((entry) => aStreamRecord(entry))))).toEqual(
      NOTHING_FAILED,
    );
    expect(chat.queue.queued).toEqual([
      {
        delaySeconds: 0,
        job: {
          roomId: 'lobby',
          frames: packFrames('lobby', entries, 9),
          seqs: [7, 8],
          connectionIds: ['c1', 'c2'],
          hops: 0,
          oldestReceivedAt: NOON - 40,
          fannedOutAt: NOON,
        },
      },
    ]);
  });

  it('never tells a head below what it carries', async () => {
    const { chat, handle, jobs } = aHandler();
    await chat.admit('lobby', 'c1');
    chat.rooms.put({ roomId: 'lobby', head: 3 });
    await handle(aStreamEvent(message(4)));

    expect(JSON.parse(jobs()[0]?.frames[0] ?? '')).toMatchObject({ head: 4 });
  });

  it('groups a batch by room and reads the members of each room once', async () => {
    const { chat, handle, jobs, seqsFor } = aHandler();
    await chat.admit('lobby', 'c1');
    await chat.admit('hall', 'c2');
    await handle(aStreamEvent(message(1), message(1, 'hall'), message(2), message(2, 'hall')));

    expect(
      jobs()
        .map(({ roomId }) => roomId)
        .toSorted(),
    ).toEqual(['hall', 'lobby']);
    expect(seqsFor('c1')).toEqual([1, 2]);
    expect(seqsFor('c2')).toEqual([1, 2]);
    expect(chat.calls.count('memberships.connectionPages')).toBe(2);
  });

  it('puts messages in order that arrive out of order', async () => {
    const { chat, handle, seqsFor } = aHandler();
    await chat.admit('lobby', 'c1');
    await handle(aStreamEvent(message(3), message(1), message(2)));

    expect(seqsFor('c1')).toEqual([1, 2, 3]);
  });

  it('carries void entries, so that live clients move on', async () => {
    const { chat, handle, jobs } = aHandler();
    await chat.admit('lobby', 'c1');
    await handle(aStreamEvent(message(1), aStreamRecord(aVoid({ seq: 2 })), message(3)));

    expect(JSON.parse(jobs()[0]?.frames[0] ?? '').messages).toMatchObject([
      { seq: 1, text: 'message 1' },
      { seq: 2, kind: 'void' },
      { seq: 3, text: 'message 3' },
    ]);
  });

  it('loses nothing when a record comes twice', async () => {
    const { chat, handle, seqsFor } = aHandler();
    await chat.admit('lobby', 'c1');

    expect(await handle(aStreamEvent(message(1), message(1), message(2)))).toEqual(NOTHING_FAILED);
    expect([...new Set(seqsFor('c1'))]).toEqual([1, 2]);
  });

  it('logs where each room got to, but for those that failed', async () => {
    const { chat, handle } = aHandler();
    await chat.admit('lobby', ...ids(250));
    await chat.admit('hall', 'c1');
    await handle(aStreamEvent(message(7), message(8)));
    chat.calls.failNext('queue.send');
    await handle(aStreamEvent(message(1, 'hall')));

    const lines = chat.logger.lines.filter(({ message }) => message === 'room fanned out');
    expect(lines.map(({ fields }) => fields)).toEqual([
      { roomId: 'lobby', seqs: [7, 8], members: 250, frames: 1, jobs: 3 },
    ]);
  });

  it('makes no job for a room without members', async () => {
    const { chat, handle, jobs } = aHandler();

    expect(await handle(aStreamEvent(message(1)))).toEqual(NOTHING_FAILED);
    expect(jobs()).toEqual([]);
    expect(chat.logger.lines).toMatchObject([
      { message: 'room fanned out', fields: { roomId: 'lobby', members: 0, jobs: 0 } },
      { message: 'fanned out', fields: { rooms: 1, messages: 1, members: 0, jobs: 0 } },
    ]);
  });

  it('does not tell those whose membership has expired', async () => {
    const { chat, handle, jobs } = aHandler();
    await chat.admit('lobby', 'c1');
    chat.clock.advance(3 * 60 * 60 * 1000);
    await handle(aStreamEvent(message(1)));

    expect(jobs()).toEqual([]);
  });

  it('tells every member of a large room in many shards exactly once', async () => {
    const { chat, handle, jobs } = aHandler();
    chat.rooms.put({ roomId: 'lobby', shardCount: 4 });
    await chat.admit('lobby', ...ids(2_345));
    await handle(aStreamEvent(message(1)));

    const told = jobs().flatMap(({ connectionIds }) => connectionIds);
    expect(told.toSorted()).toEqual(ids(2_345).toSorted());
    expect(Math.max(...jobs().map(({ connectionIds }) => connectionIds.length))).toBe(100);
    expect(jobs()).toHaveLength(24);
  });

  it('cuts what is too much for a job into several, in order', async () => {
    const { chat, handle, jobs, seqsFor } = aHandler();
    await chat.admit('lobby', 'c1', 'c2');
    const large = Array.from({ length: 20 }, (_, index) =>
      aStreamRecord(
        aMessage({ seq: index + 1, text: '漢'.repeat(4_000), data: `"${'é'.repeat(4_000)}"` }),
      ),
    );
    await handle(aStreamEvent(...large));

    expect(jobs().map(({ frames }) => frames.length)).toEqual([8, 8, 4]);
    expect(seqsFor('c2')).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });
});

describe('what fan-out emits', () => {
  it('is one blob for the batch, with a number of members for each room', async () => {
    const { chat, handle } = aHandler();
    await chat.admit('lobby', 'c1', 'c2', 'c3');
    await chat.admit('hall', 'c1');
    const hole = aStreamRecord(aVoid({ seq: 2, roomId: 'hall' }));
    await handle(aStreamEvent(message(1), message(2), message(1, 'hall'), hole, poison()));

    expect(chat.metrics.blobs).toEqual([
      { messages: 3, sealedHoles: 1, owed: 7, frames: 2, members: [3, 1], jobs: 2, poison: 1 },
    ]);
  });

  it('counts what Lambda has to hand over again', async () => {
    const { chat, handle } = aHandler();
    chat.calls.failNext('memberships.connectionPages');
    await handle(aStreamEvent(message(1), message(2)));

    expect(chat.metrics.blobs).toEqual([{ failedRecords: 2 }]);
  });

  it('dates frames that only seal holes by their fan-out: nobody has waited for them', async () => {
    const { chat, handle, jobs } = aHandler();
    await chat.admit('lobby', 'c1');
    await handle(aStreamEvent(aStreamRecord(aVoid({ seq: 1, sentAt: NOON - 60_000 }))));

    expect(jobs()).toMatchObject([{ oldestReceivedAt: NOON }]);
  });
});

describe('a batch', () => {
  it('is thrown back as a whole when the rooms cannot be read', async () => {
    const { chat, handle } = aHandler();
    chat.calls.failNext('rooms.readMany');

    await expect(handle(aStreamEvent(message(1)))).rejects.toThrow();
  });

  it('shares full requests to the queue among its rooms', async () => {
    const { chat, handle, jobs } = aHandler();
    const rooms = Array.from({ length: 25 }, (_, index) => `room-${index}`);
    for (const room of rooms) await chat.admit(room, `in-${room}`);
    await handle(aStreamEvent(...rooms.map((room) => message(1, room))));

    expect(jobs()).toHaveLength(25);
    expect(chat.calls.count('queue.send')).toBe(3);
    expect(chat.calls.count('rooms.readMany')).toBe(1);
  });
});

describe('an event that is no stream event', () => {
  it('is thrown back, for it is a fault of the deployment', async () => {
    await expect(aHandler().handle({ roomId: 'lobby' })).rejects.toThrow();
  });
});
