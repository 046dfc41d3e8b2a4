import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createMessageStore, receiptIdOf } from '../../../shared/aws/message-store.ts';
import { createMessageLog } from '../../../shared/aws/messages-table.ts';
import { RECEIPT_LIFETIME_MS } from '../../../shared/domain/limits.ts';
import type { Message } from '../../../shared/domain/message.ts';
import type { MessageLog, MessageStore } from '../../../shared/domain/ports.ts';
import { createFakeClock, type FakeClock, NOON } from '../../support/fake-clock.ts';
import { aServiceError, fail, loseReplies, loseRequests } from '../../support/fault-proxy.ts';
import { aMessage, aVoid, DAY_MS } from '../../support/log-entries.ts';
import { createMessageIds } from '../../support/message-ids.ts';
import { type Engines, startEngines } from './engines.ts';

const EXPIRES_AT = NOON + 30 * DAY_MS;

let engines: Engines;
let clock: FakeClock;
let store: MessageStore;
let log: MessageLog;
let roomCount = 0;
let roomId: string;
const newMessageId = createMessageIds();

beforeAll(async () => {
  engines = await startEngines();
  log = createMessageLog({ client: engines.client, table: engines.names.MESSAGES_TABLE });
}, 60_000);
afterAll(() => engines?.stop());
beforeEach(() => {
  roomCount += 1;
  roomId = `room-${roomCount}`;
  clock = createFakeClock();
  store = aStore();
});
afterEach(() => engines.dynamoDb.intercept());

const aStore = (client = engines.client) =>
  createMessageStore({
    client,
    messagesTable: engines.names.MESSAGES_TABLE,
    receiptsTable: engines.names.RECEIPTS_TABLE,
    clock,
    backoff: { wait: async () => {} },
  });

/** A message of this test's room, with an id of its own. */
const message = (overrides: Partial<Message> = {}) =>
  aMessage({ roomId, messageId: newMessageId(), clientMessageId: 'c-1', ...overrides });
function withoutReceipt(overrides: Partial<Message> = {}): Message {
  const { clientMessageId: _, ...rest } = message(overrides);
  return rest;
}

const append = (value: Message) => store.append(value, EXPIRES_AT);
const findReceipt = (clientMessageId = 'c-1') => store.findReceipt(roomId, 'ada', clientMessageId);
const seal = (seq: number) => log.seal({ entry: aVoid({ roomId, seq }), expiresAt: EXPIRES_AT });
const entries = async () => (await log.readForward(roomId, 1, 100)).rows.map(({ entry }) => entry);
const callsOf = (operation: string) =>
  engines.dynamoDb.calls.filter((call) => call.operation === operation).length;

describe('appending', () => {
  it('stores a message and its receipt', async () => {
    const stored = message({ seq: 7 });

    expect(await append(stored)).toEqual({ outcome: 'stored' });

    expect(await entries()).toEqual([stored]);
    expect(await findReceipt()).toMatchObject({
      seq: 7,
      messageId: stored.messageId,
      sentAt: NOON,
    });
  });

  it('stores a message without a client message id, and no receipt', async () => {
    const stored = withoutReceipt();

    expect(await append(stored)).toEqual({ outcome: 'stored' });

    expect(await entries()).toEqual([stored]);
    expect(await findReceipt()).toBeUndefined();
  });

  it('finds a client message id that has been stored under another number, and stores nothing', async () => {
    const first = message({ seq: 1 });
    await append(first);

    expect(await append(message({ seq: 2 }))).toMatchObject({
      outcome: 'already-stored',
      receipt: { seq: 1, messageId: first.messageId, sentAt: NOON },
    });
    expect(await entries()).toEqual([first]);
  });

  it.each([
    ['with a receipt', message],
    ['without one', withoutReceipt],
  ])('of a message %s fails after a seal, and leaves nothing behind', async (_title, make) => {
    await seal(1);

    expect(await append(make({ seq: 1 }))).toEqual({ outcome: 'number-taken' });

    expect(await entries()).toEqual([aVoid({ roomId, seq: 1 })]);
    expect(await findReceipt()).toBeUndefined();
  });

  it('succeeds under the next number after a seal, so that nothing is lost', async () => {
    await seal(1);
    const late = message({ seq: 1 });
    await append(late);

    expect(await append({ ...late, seq: 2 })).toEqual({ outcome: 'stored' });
    expect(await entries()).toEqual([aVoid({ roomId, seq: 1 }), { ...late, seq: 2 }]);
    expect(await findReceipt()).toMatchObject({ seq: 2, messageId: late.messageId });
  });

  it('keeps users and rooms apart that use the same client message id', async () => {
    await append(message({ seq: 1 }));
    const room = roomId;
    roomId = `${room}-annex`;

    expect(await append(message({ roomId: room, seq: 2, userId: 'ben' }))).toEqual({
      outcome: 'stored',
    });
    expect(await append(message({ seq: 1 }))).toEqual({ outcome: 'stored' });
  });

  it('stores one of ten concurrent attempts and tells the others which', async () => {
    const patient = aStore(engines.patientClient);
    const attempts = Array.from({ length: 10 }, (_, index) => message({ seq: index + 1 }));

    const results = await Promise.all(
      attempts.map((attempt) => patient.append(attempt, EXPIRES_AT)),
    );

    const [standing, ...others] = await entries();
    expect(others).toEqual([]);
    const receipt = expect.objectContaining({ seq: standing?.seq });
    for (const [index, result] of results.entries()) {
      const won = attempts[index]?.seq === standing?.seq;
      expect(result).toEqual(won ? { outcome: 'stored' } : { outcome: 'already-stored', receipt });
    }
  });

  it('takes the longest names that the protocol allows', async () => {
    const longest = message({
      roomId: 'r'.repeat(128),
      userId: '漢'.repeat(128),
      clientMessageId: '漢'.repeat(64),
    });

    expect(await append(longest)).toEqual({ outcome: 'stored' });
  });
});

describe.each([
  ['with a receipt', message, 'TransactWriteItems'],
  ['without one', withoutReceipt, 'PutItem'],
])('appending a message %s', (_title, make, operation) => {
  it('twice is a success', async () => {
    const stored = make();
    await append(stored);

    expect(await append(stored)).toEqual({ outcome: 'stored' });
    expect(await entries()).toEqual([stored]);
  });

  it.each([
    ['a lost reply', 1],
    ['as many lost replies as the client attempts, and one more', 3],
  ])('again after %s is a success', async (_lost, times) => {
    engines.dynamoDb.intercept(loseReplies(operation, times));
    const before = callsOf(operation);
    const stored = make();

    expect(await append(stored)).toEqual({ outcome: 'stored' });

    expect(callsOf(operation)).toBe(before + times + 1);
    expect(await entries()).toEqual([stored]);
  });

  it('whose reply was lost is a success for one who comes back much later', async () => {
    const stored = make();
    engines.dynamoDb.intercept(loseReplies(operation, Number.POSITIVE_INFINITY));
    await expect(append(stored)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    engines.dynamoDb.intercept();
    clock.advance(60_000);

    expect(await append(stored)).toEqual({ outcome: 'stored' });
    expect(await entries()).toEqual([stored]);
  });

  it('is UNAVAILABLE, and stores nothing, while the table is out of reach', async () => {
    engines.dynamoDb.intercept(loseRequests);

    await expect(append(make())).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });

    engines.dynamoDb.intercept();
    expect(await entries()).toEqual([]);
    expect(await findReceipt()).toBeUndefined();
  });

  it('rides out throttling', async () => {
    engines.dynamoDb.intercept(fail(operation, aServiceError('ThrottlingException'), 2));
    const stored = make();

    expect(await append(stored)).toEqual({ outcome: 'stored' });
    expect(await entries()).toEqual([stored]);
  });
});

it('a transaction that is throttled all the time is refused with a time to wait', async () => {
  const throttled = aServiceError('com.amazonaws.dynamodb.v20120810#TransactionCanceledException', {
    CancellationReasons: [{ Code: 'ThrottlingError' }, { Code: 'None' }],
  });
  engines.dynamoDb.intercept(fail('TransactWriteItems', throttled, Number.POSITIVE_INFINITY));

  await expect(append(message())).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    retryable: true,
    retryAfterMs: 1_000,
  });
  expect(await entries()).toEqual([]);
});

it('a message waits no longer than it is told, and begins no further attempt', async () => {
  engines.dynamoDb.intercept(loseRequests);
  const before = callsOf('TransactWriteItems');
  const expired = AbortSignal.abort();

  await expect(store.append(message(), EXPIRES_AT, expired)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  expect(callsOf('TransactWriteItems')).toBe(before);
});

it('a transaction that met another is tried again', async () => {
  const conflict = aServiceError('com.amazonaws.dynamodb.v20120810#TransactionCanceledException', {
    CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
  });
  engines.dynamoDb.intercept(fail('TransactWriteItems', conflict, 2));
  const stored = message();

  expect(await append(stored)).toEqual({ outcome: 'stored' });
  expect(await entries()).toEqual([stored]);
});

describe('a receipt', () => {
  it('is absent before the message was stored', async () => {
    expect(await findReceipt()).toBeUndefined();
  });

  it('is found until its lifetime ends and counts as absent from then on', async () => {
    await append(message());
    clock.advance(RECEIPT_LIFETIME_MS - 1_000);
    expect(await findReceipt()).toMatchObject({ seq: 1 });

    clock.advance(1_000);
    expect(await findReceipt()).toBeUndefined();
  });

  it('that has expired is replaced by the next message with its client message id', async () => {
    await append(message({ seq: 1 }));
    clock.advance(RECEIPT_LIFETIME_MS);
    const again = message({ seq: 2, sentAt: clock.now() });

    expect(await append(again)).toEqual({ outcome: 'stored' });
    expect(await findReceipt()).toMatchObject({ seq: 2, messageId: again.messageId });
    expect(await entries()).toHaveLength(2);
  });

  it('expires under the attribute that the table deletes by', async () => {
    await append(message());
    const { RECEIPTS_TABLE } = engines.names;
    const { ttlAttribute = '' } =
      engines.tables.find(({ tableName }) => tableName === RECEIPTS_TABLE) ?? {};
    const Key = { receiptId: receiptIdOf(roomId, 'ada', 'c-1') };

    const { Item } = await engines.client.send(
      new GetCommand({ TableName: RECEIPTS_TABLE, Key, ConsistentRead: true }),
    );
    expect(Item?.[ttlAttribute]).toBe((NOON + RECEIPT_LIFETIME_MS) / 1_000);
  });
});
