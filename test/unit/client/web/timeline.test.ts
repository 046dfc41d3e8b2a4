import { describe, expect, it } from '@jest/globals';
import {
  type Entry,
  frame,
  keyOf,
  type Marks,
} from '../../../../client/web/conversation/timeline.ts';

const NO_MARKS: Marks = {
  newAfter: undefined,
  missed: undefined,
  reset: undefined,
  hasEarlier: false,
};

function message(seq: number, userId = 'ann', sentAt = '2026-11-22T10:00:00Z'): Entry {
  const clientMessageId = `own-${seq}`;
  const content = { seq, messageId: `m${seq}`, userId, text: 'x', sentAt, clientMessageId };
  return { kind: 'message', message: content, isOwn: userId === 'me' };
}

const pending: Entry = {
  kind: 'pending',
  pending: {
    key: 'own-9',
    clientMessageId: 'own-9',
    text: 'x',
    data: undefined,
    state: 'queued',
    seq: undefined,
    error: undefined,
  },
};

const lines = (entries: Entry[], marks: Partial<Marks>) =>
  entries.map((entry, at) => frame(entries[at - 1], entry, { ...NO_MARKS, ...marks }).line);

describe('how a message stands below the one before', () => {
  it.each([
    { description: 'the same author', next: message(2), startsGroup: false },
    { description: 'another author', next: message(2, 'ben'), startsGroup: true },
    {
      description: 'the same author, six minutes later',
      next: message(2, 'ann', '2026-11-22T10:06:00Z'),
      startsGroup: true,
    },
  ])('$description', ({ next, startsGroup }) => {
    expect(frame(message(1), next, NO_MARKS)).toMatchObject({ startsGroup, startsDay: false });
  });

  it('starts a day where the day changes, and with the first of all', () => {
    const nextDay = message(2, 'ann', '2026-11-24T10:00:00Z');
    expect(frame(message(1), nextDay, NO_MARKS)).toMatchObject({
      startsDay: true,
      startsGroup: true,
    });
    expect(frame(undefined, message(1), NO_MARKS)).toMatchObject({ startsDay: true });
  });

  it('begins the room only where there is nothing earlier', () => {
    expect(frame(undefined, message(1), NO_MARKS).isBeginning).toBe(true);
    expect(frame(undefined, message(1), { ...NO_MARKS, hasEarlier: true }).isBeginning).toBe(false);
    expect(frame(message(1), message(2), NO_MARKS).isBeginning).toBe(false);
  });

  it('joins what is on its way to own messages, and to nobody else', () => {
    expect(frame(message(1, 'me'), pending, NO_MARKS).startsGroup).toBe(false);
    expect(frame(message(1, 'ann'), pending, NO_MARKS).startsGroup).toBe(true);
  });
});

describe('lines', () => {
  const entries = [message(3), message(4), message(7), message(8)];

  it('stand once, at the first message after a number, whether that number is there or not', () => {
    expect(lines(entries, { newAfter: 4 })).toEqual([undefined, undefined, 'new', undefined]);
    expect(lines(entries, { newAfter: 6 })).toEqual([undefined, undefined, 'new', undefined]);
    expect(lines(entries, { newAfter: 8 })).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('are not drawn above everything: all that is there is new', () => {
    expect(lines(entries, { newAfter: 2 })[0]).toBe(undefined);
  });

  it('tell what was missed rather than what is new', () => {
    expect(lines(entries, { newAfter: 4, missed: { after: 4, count: 2 } })[2]).toBe('missed');
  });

  it('tell what is gone', () => {
    const reset = { after: 4, reason: 'retention' as const };
    expect(frame(message(4), message(7), { ...NO_MARKS, reset }).reset).toBe('retention');
    expect(frame(message(7), message(8), { ...NO_MARKS, reset }).reset).toBe(undefined);
  });
});

it('keeps the row of an own message when it is stored, and tells those of others apart', () => {
  expect(keyOf(message(9, 'me'))).toBe(keyOf(pending));
  expect(keyOf(message(9, 'ann'))).toBe('9');
});
