import { describe, expect, it } from '@jest/globals';
import {
  fromImage,
  fromRecord,
  fromRows,
  toRecord,
} from '../../../../shared/aws/message-record.ts';
import type { LogEntry } from '../../../../shared/domain/message.ts';
import { NOON } from '../../../support/fake-clock.ts';
import { aMessage, aVoid } from '../../../support/log-entries.ts';
import { imageOf } from '../../../support/stream-events.ts';

const everything = aMessage({
  seq: 9_007_199_254_740_991,
  text: 'emoji 😀, quote ", null \u0000',
  data: '{ "spaces": [1.0, "as sent"] }',
  clientMessageId: 'c#1',
  receivedAt: NOON - 15,
});

const entries: [string, LogEntry][] = [
  ['a message with everything', everything],
  ['a message with the least', aMessage()],
  ['a void entry', aVoid({ seq: 3 })],
];

describe('an entry as the table holds it', () => {
  it.each(entries)('comes back as it was: %s', (_title, entry) => {
    const stored = { entry, expiresAt: NOON + 60_000 };

    expect(fromRecord(toRecord(stored))).toEqual(stored);
  });

  it.each(entries)('comes out of the stream as it was: %s', (_title, entry) => {
    expect(fromImage(imageOf(entry))).toEqual(entry);
  });

  it('expires in whole seconds, never too early', () => {
    expect(toRecord({ entry: aVoid(), expiresAt: 1_001 }).expiresAt).toBe(2);
  });

  it('ignores attributes of later versions that it does not know', () => {
    const row = { ...toRecord({ entry: aMessage(), expiresAt: NOON }), reactions: '👍' };

    expect(fromRecord(row).entry).toEqual(aMessage());
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no attribute values', { seq: 1 }],
    ['an attribute of an unknown type', { ...imageOf(aMessage()), text: { NULL: true } }],
    ['another format version', { ...imageOf(aMessage()), v: { N: '2' } }],
    ['an unknown kind', { ...imageOf(aMessage()), kind: { S: 'reaction' } }],
    ['a missing attribute', { ...imageOf(aMessage()), userId: undefined }],
    ['a number that is no position', { ...imageOf(aMessage()), seq: { N: '0' } }],
    ['a number that is none', { ...imageOf(aMessage()), seq: { N: 'NaN' } }],
  ])('refuses an image of %s', (_title, image) => {
    expect(() => fromImage(image)).toThrow();
  });
});

describe('a page of the log', () => {
  const rowOf = (entry: LogEntry) => toRecord({ entry, expiresAt: NOON + 60_000 });
  const broken = { roomId: 'lobby', seq: 2, kind: 'message' };

  it.each([
    { description: 'after it', rows: [broken, rowOf(aMessage({ seq: 3, sentAt: NOON }))] },
    { description: 'before it', rows: [rowOf(aMessage({ seq: 1, sentAt: NOON })), broken] },
  ])('takes a broken row for void, dated by the entry $description', ({ rows }) => {
    const voided = { kind: 'void', roomId: 'lobby', seq: 2, sentAt: NOON };

    expect(fromRows(rows)).toContainEqual({ entry: voided, expiresAt: NOON + 60_000 });
    expect(
      fromRows(rows)
        .map(({ entry }) => entry.kind)
        .toSorted(),
    ).toEqual(['message', 'void']);
  });

  it('leaves a broken row its own date', () => {
    const row = { ...broken, v: 1, sentAt: NOON - 1, expiresAt: 7 };

    expect(fromRows([row])).toEqual([
      { entry: { kind: 'void', roomId: 'lobby', seq: 2, sentAt: NOON - 1 }, expiresAt: 7_000 },
    ]);
  });

  it('is refused with a row of the next version, which is a message and must not be skipped', () => {
    expect(() => fromRows([{ ...rowOf(aMessage()), v: 2 }])).toThrow('v: ');
  });
});

it('says in one line what is wrong with which field', () => {
  expect(() => fromImage({ ...imageOf(aMessage()), seq: { N: '0' }, text: undefined })).toThrow(
    /^The (log entry|image of the record) cannot be read\. [^\n]+$/,
  );
});
