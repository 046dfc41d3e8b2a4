import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createMessageStore } from '../../../shared/aws/message-store.ts';
import { createMessageLog } from '../../../shared/aws/messages-table.ts';
import type { Message } from '../../../shared/domain/message.ts';
import type { MessageLog } from '../../../shared/domain/ports.ts';
import { createFakeClock, NOON } from '../../support/fake-clock.ts';
import { loseReplies } from '../../support/fault-proxy.ts';
import { aMessage, aVoid, DAY_MS } from '../../support/log-entries.ts';
import { type Engines, startEngines } from './engines.ts';

const EXPIRES_AT = NOON + 30 * DAY_MS;

let engines: Engines;
let log: MessageLog;
let roomCount = 0;
let roomId: string;

beforeAll(async () => {
  engines = await startEngines();
  log = createMessageLog({ client: engines.client, table: engines.names.MESSAGES_TABLE });
}, 60_000);
afterAll(() => engines?.stop());
beforeEach(() => {
  roomCount += 1;
  roomId = `room-${roomCount}`;
});
afterEach(() => engines.dynamoDb.intercept());

async function append(message: Message, expiresAt = EXPIRES_AT) {
  const { MESSAGES_TABLE, RECEIPTS_TABLE } = engines.names;
  const store = createMessageStore({
    client: engines.client,
    messagesTable: MESSAGES_TABLE,
    receiptsTable: RECEIPTS_TABLE,
    clock: createFakeClock(),
  });
  return store.append(message, expiresAt);
}

async function fill(seqs: readonly number[], overrides: Partial<Message> = {}) {
  for (const seq of seqs) await append(aMessage({ roomId, seq, ...overrides }));
}

const aStoredVoid = (seq: number) => ({ entry: aVoid({ roomId, seq }), expiresAt: EXPIRES_AT });
const seqsOf = ({ rows }: { rows: { entry: { seq: number } }[] }) =>
  rows.map(({ entry }) => entry.seq);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('a page of the log', () => {
  it('holds the rows from a position on, ascending, that position included', async () => {
    await fill([1, 2, 3, 5, 10]);

    const page = await log.readForward(roomId, 2, 3);

    expect(seqsOf(page)).toEqual([2, 3, 5]);
    expect(page.exhausted).toBe(false);
  });

  it('holds the rows down from a position, descending, that position included', async () => {
    await fill([1, 2, 3, 5, 10]);

    const page = await log.readBackward(roomId, 5, 3);

    expect(seqsOf(page)).toEqual([5, 3, 2]);
    expect(page.exhausted).toBe(false);
  });

  it('says that nothing lies beyond it', async () => {
    await fill([1, 2, 3]);

    expect(await log.readForward(roomId, 2, 10)).toMatchObject({ exhausted: true });
    expect(await log.readBackward(roomId, 2, 10)).toMatchObject({ exhausted: true });
    expect(await log.readForward(roomId, 4, 10)).toEqual({ rows: [], exhausted: true });
  });

  it('orders by number, not by digits', async () => {
    await fill([9, 10, 100, 99]);

    expect(seqsOf(await log.readForward(roomId, 1, 10))).toEqual([9, 10, 99, 100]);
  });

  it('holds nothing of other rooms', async () => {
    await append(aMessage({ roomId: `${roomId}:annex` }));

    expect(await log.readForward(roomId, 1, 10)).toEqual({ rows: [], exhausted: true });
  });

  it('gives a message back as it was stored', async () => {
    const message = aMessage({
      roomId,
      text: 'Grüße 😀 \u0000 "quoted"',
      data: '{"n":1.50,"nested":[null,{"a":"漢"}]}',
      clientMessageId: 'c#1',
      receivedAt: NOON - 7,
    });
    await append(message);

    const { rows } = await log.readForward(roomId, 1, 1);
    expect(rows).toEqual([{ entry: message, expiresAt: EXPIRES_AT }]);
  });

  it('holds expired rows too, so that a reader can tell trimmed from missing', async () => {
    const expiresAt = Date.UTC(2020, 0, 1);
    await append(aMessage({ roomId, sentAt: expiresAt - DAY_MS }), expiresAt);

    const { rows } = await log.readForward(roomId, 1, 1);
    expect(rows).toMatchObject([{ expiresAt }]);
  });

  it.each([
    ['forward', upTo(40)],
    ['backward', upTo(40).reverse()],
  ])('that is cut by 1 MB says so, and reading on %s finds every row once', async (way, seqs) => {
    await fill(upTo(40), { text: 'x'.repeat(45_000) });
    const read = (from: number) =>
      way === 'forward' ? log.readForward(roomId, from, 100) : log.readBackward(roomId, from, 100);

    const first = await read(way === 'forward' ? 1 : 40);
    expect(first.exhausted).toBe(false);
    expect(first.rows.length).toBeLessThan(40);

    const last = seqsOf(first).at(-1) ?? 0;
    const second = await read(way === 'forward' ? last + 1 : last - 1);
    expect(second.exhausted).toBe(true);
    expect([...seqsOf(first), ...seqsOf(second)]).toEqual(seqs);
  });

  it('is read strongly consistent', async () => {
    engines.dynamoDb.calls.length = 0;

    await log.readForward(roomId, 1, 1);
    await log.readBackward(roomId, 1, 1);

    const consistent = engines.dynamoDb.calls.map(({ input }) => input.ConsistentRead);
    expect(consistent).toEqual([true, true]);
  });
});

describe('sealing', () => {
  it('puts a void entry at a number that nobody has', async () => {
    const stored = aStoredVoid(2);

    expect(await log.seal(stored)).toEqual(stored);
    expect(await log.readForward(roomId, 1, 10)).toMatchObject({ rows: [stored] });
  });

  it('returns the message that was faster, and leaves it alone', async () => {
    const message = aMessage({ roomId, seq: 2 });
    await append(message);

    expect(await log.seal(aStoredVoid(2))).toEqual({ entry: message, expiresAt: EXPIRES_AT });
    expect((await log.readForward(roomId, 2, 1)).rows[0]?.entry).toEqual(message);
  });

  it('may be repeated', async () => {
    const first = aStoredVoid(2);
    await log.seal(first);

    const later = { entry: aVoid({ roomId, seq: 2, sentAt: NOON + 1 }), expiresAt: EXPIRES_AT };
    expect(await log.seal(later)).toEqual(first);
  });

  it('succeeds although its reply was lost', async () => {
    engines.dynamoDb.intercept(loseReplies('PutItem', 1));
    const stored = aStoredVoid(2);

    expect(await log.seal(stored)).toEqual(stored);
  });

  it('does not touch the numbers beside it', async () => {
    await fill([1, 3]);
    await log.seal(aStoredVoid(2));

    const { rows } = await log.readForward(roomId, 1, 10);
    expect(rows.map(({ entry }) => entry.kind)).toEqual(['message', 'void', 'message']);
  });

  it('settles a race with the sender the same way for everybody', async () => {
    const table = engines.names.MESSAGES_TABLE;
    const patient = createMessageLog({ client: engines.patientClient, table });
    for (const seq of upTo(10)) {
      const seal = () => patient.seal(aStoredVoid(seq));
      const [one, appended, another] = await Promise.all([
        seal(),
        append(aMessage({ roomId, seq })),
        seal(),
      ]);

      const standing = (await log.readForward(roomId, seq, 1)).rows[0];
      expect([one, another]).toEqual([standing, standing]);
      const won = standing?.entry.kind === 'message';
      expect(appended).toEqual({ outcome: won ? 'stored' : 'number-taken' });
    }
  });
});
