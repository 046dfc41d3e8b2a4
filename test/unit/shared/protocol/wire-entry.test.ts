import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { byteLength } from '../../../../shared/domain/bytes.ts';
import {
  DATA_MAX_BYTES,
  FRAME_MAX_BYTES,
  MESSAGE_MAX_BYTES,
  TEXT_MAX_CHARACTERS,
} from '../../../../shared/domain/limits.ts';
import type { LogEntry, Message } from '../../../../shared/domain/message.ts';
import type { MessagesPush } from '../../../../shared/protocol/frames.ts';
import {
  fitEntries,
  packFrames,
  toWire,
  wireSize,
} from '../../../../shared/protocol/wire-entry.ts';
import { NOON } from '../../../support/fake-clock.ts';
import { aMessage, aVoid } from '../../../support/log-entries.ts';

const LONGEST_ROOM_ID = 'r'.repeat(128);

/** Characters that cost one to six bytes each in JSON. */
const character = fc.constantFrom('a', '"', '\\', '\u0001', '\n', 'é', '\uFFFE', '漢', '😀');
const textOf = (maxLength: number) =>
  fc
    .record({
      characters: fc.array(character, { minLength: 1, maxLength: 8 }),
      length: fc.nat({ max: maxLength }),
    })
    .map(({ characters, length }) =>
      Array.from({ length: length + 1 }, (_, index) => characters[index % characters.length]).join(
        '',
      ),
    );

/** Messages as the send route lets them through: by the limits of each field, and by the size of all. */
const acceptedMessage = fc
  .record({
    text: textOf(TEXT_MAX_CHARACTERS - 1),
    data: fc.option(
      textOf(2_000).map((text) => JSON.stringify({ text })),
      { nil: undefined },
    ),
    userId: textOf(60),
    clientMessageId: fc.option(textOf(30), { nil: undefined }),
  })
  .map(
    ({ data, clientMessageId, ...rest }): Message => ({
      ...aMessage({ ...rest, roomId: LONGEST_ROOM_ID }),
      ...(data === undefined || byteLength(data) > DATA_MAX_BYTES ? {} : { data }),
      ...(clientMessageId === undefined ? {} : { clientMessageId }),
    }),
  )
  .filter((message) => wireSize(message) <= MESSAGE_MAX_BYTES);

const entries = fc
  .array(fc.oneof({ weight: 3, arbitrary: acceptedMessage }, fc.constant(aVoid())), {
    maxLength: 12,
  })
  .map((list) => list.map((entry, index): LogEntry => ({ ...entry, seq: 900_000_000 + index })));

const unpack = (frames: readonly string[]) =>
  frames.map((frame) => JSON.parse(frame) as MessagesPush);

/** A message whose wire form has exactly this size. */
function aMessageOfSize(bytes: number, seq = 1): Message {
  const bare = aMessage({ seq, text: '' });
  return { ...bare, text: 'x'.repeat(bytes - byteLength(JSON.stringify(toWire(bare)))) };
}

describe('toWire', () => {
  it('shows what a client may see of a message, and nothing else', () => {
    const message = aMessage({ data: '{"a":[1,null]}', clientMessageId: 'c-1', receivedAt: 1 });

    expect(toWire(message)).toEqual({
      seq: 1,
      messageId: message.messageId,
      userId: 'ada',
      text: 'message 1',
      data: { a: [1, null] },
      sentAt: '2026-11-16T12:00:00.000Z',
      clientMessageId: 'c-1',
    });
  });

  it('leaves out what a message does not have', () => {
    expect(Object.keys(toWire(aMessage()))).toEqual([
      'seq',
      'messageId',
      'userId',
      'text',
      'sentAt',
    ]);
  });

  it('keeps data that is null', () => {
    expect(toWire(aMessage({ data: 'null' }))).toHaveProperty('data', null);
  });

  it('shows nothing of a void entry but its number', () => {
    expect(toWire(aVoid({ seq: 7 }))).toEqual({ seq: 7, kind: 'void' });
  });
});

describe('packFrames', () => {
  it('packs messages that are waiting together into one frame', () => {
    const frames = packFrames('lobby', [aMessage({ seq: 1 }), aVoid({ seq: 2 })], 5);

    expect(unpack(frames)).toEqual([
      {
        type: 'messages',
        roomId: 'lobby',
        messages: [toWire(aMessage({ seq: 1 })), { seq: 2, kind: 'void' }],
        head: 5,
      },
    ]);
  });

  it('packs nothing into no frame', () => {
    expect(packFrames('lobby', [], 5)).toEqual([]);
  });

  it('gives the largest message a frame of its own', () => {
    const frames = packFrames(
      'lobby',
      [1, 2, 3].map((seq) => aMessageOfSize(MESSAGE_MAX_BYTES, seq)),
      3,
    );

    expect(unpack(frames).map(({ messages }) => messages.map(({ seq }) => seq))).toEqual([
      [1],
      [2],
      [3],
    ]);
  });

  it('loses nothing, keeps the order, and keeps every frame below the limit', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const frames = packFrames(LONGEST_ROOM_ID, list, Number.MAX_SAFE_INTEGER);

        expect(frames.filter((frame) => byteLength(frame) > FRAME_MAX_BYTES)).toEqual([]);
        expect(unpack(frames).flatMap(({ messages }) => messages)).toEqual(
          JSON.parse(JSON.stringify(list.map(toWire))),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('starts a new frame only for what does not fit the last one', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const frames = packFrames('lobby', list, 1);
        for (const [index, frame] of frames.slice(0, -1).entries()) {
          const [next] = unpack(frames.slice(index + 1, index + 2))[0]?.messages ?? [];
          const both = byteLength(frame) + byteLength(JSON.stringify(next));
          expect(both).toBeGreaterThan(FRAME_MAX_BYTES - 256);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('wireSize', () => {
  it('is never below what the message takes under the number it gets', () => {
    fc.assert(
      fc.property(acceptedMessage, fc.maxSafeNat(), (message, seq) => {
        const taken = byteLength(JSON.stringify(toWire({ ...message, seq })));
        expect(wireSize(message)).toBeGreaterThanOrEqual(taken);
      }),
      { numRuns: 100 },
    );
  });

  it('lets through only what fits a frame of its own', () => {
    const largest = aMessageOfSize(MESSAGE_MAX_BYTES, Number.MAX_SAFE_INTEGER);
    const roomId = LONGEST_ROOM_ID;

    expect(wireSize(largest)).toBe(MESSAGE_MAX_BYTES);
    const [frame = ''] = packFrames(roomId, [{ ...largest, roomId }], Number.MAX_SAFE_INTEGER);
    expect(byteLength(frame)).toBeLessThanOrEqual(FRAME_MAX_BYTES);
  });
});

describe('fitEntries', () => {
  const list = [1, 2, 3].map((seq) => aMessage({ seq, text: 'é'.repeat(50), sentAt: NOON }));
  const each = byteLength(JSON.stringify(toWire(list[0] ?? aMessage()))) + 1;

  it.each([
    ['everything', 3 * each, 3],
    ['one less for one byte less', 3 * each - 1, 2],
    ['nothing without a budget', 0, 0],
  ])('fits %s', (_title, budget, count) => {
    const { messages, bytes, cut } = fitEntries(list, budget);

    expect(messages).toHaveLength(count);
    expect(bytes).toBe(count * each);
    expect(cut).toBe(count < 3);
  });

  it('does not leap over an entry that is too large', () => {
    const { messages, cut } = fitEntries([aMessageOfSize(5_000), aVoid({ seq: 2 })], 1_000);

    expect(messages).toEqual([]);
    expect(cut).toBe(true);
  });
});
