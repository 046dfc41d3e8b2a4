import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { createMessageStore, receiptIdOf } from '../../../../shared/aws/message-store.ts';
import { RECEIPT_LIFETIME_MS } from '../../../../shared/domain/limits.ts';
import { createFakeClock, NOON } from '../../../support/fake-clock.ts';
import {
  anSdkError,
  answers,
  createFakeSdkClient,
  type SentCommand,
  throws,
} from '../../../support/fake-sdk-client.ts';
import { aMessage } from '../../../support/log-entries.ts';

const withReceipt = aMessage({ clientMessageId: 'c-1' });
const without = aMessage();
const EXPIRES_AT = NOON + 60_000;

const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
const conditionFailed = throws(cancelled('ConditionalCheckFailed', 'None'));
const conflict = throws(cancelled('TransactionConflict', 'None'));
const throttled = throws(anSdkError('ThrottlingException', 400));
const throttledBy = (limit: string) =>
  throws(
    Object.assign(anSdkError('ThrottlingException', 400), {
      throttlingReasons: [{ reason: `TableWrite${limit}`, resource: 'arn:…:table/Messages' }],
    }),
  );
const timeout = throws(anSdkError('TimeoutError'));

const receiptOf = (messageId: string, expiresAt = NOON / 1000 + 60) => ({
  Item: { v: 1, seq: 9, messageId, sentAt: NOON - 5, expiresAt },
});

function aStore(...script: ((command: SentCommand) => unknown)[]) {
  const { client, sent } = createFakeSdkClient<DynamoDBDocumentClient>(...script);
  const clock = createFakeClock();
  const store = createMessageStore({
    client,
    messagesTable: 'Messages',
    receiptsTable: 'Receipts',
    clock,
    backoff: { wait: async () => clock.advance(1_500) },
  });
  return { store, sent, clock, names: () => sent.map(({ name }) => name) };
}

describe('append', () => {
  it('puts a message and its receipt in one transaction, both only if they are not there', async () => {
    const { store, sent } = aStore(answers({}));

    expect(await store.append(withReceipt, EXPIRES_AT)).toEqual({ outcome: 'stored' });
    expect(sent).toHaveLength(1);
    const { TransactItems } = (sent[0]?.input ?? {}) as {
      TransactItems: { Put: SentCommand['input'] }[];
    };
    const puts = TransactItems.map(({ Put }) => Put);
    expect(puts.map(({ TableName }) => TableName)).toEqual(['Messages', 'Receipts']);
    expect(puts.map(({ ConditionExpression }) => ConditionExpression)).toEqual([
      'attribute_not_exists(roomId)',
      'attribute_not_exists(receiptId) OR expiresAt <= :now',
    ]);
    expect(puts[1]?.Item).toMatchObject({
      receiptId: receiptIdOf('lobby', 'ada', 'c-1'),
      seq: 1,
      expiresAt: (NOON + RECEIPT_LIFETIME_MS) / 1000,
    });
  });

  it('puts a message without a client message id by itself', async () => {
    const { store, names } = aStore(answers({}));

    expect(await store.append(without, EXPIRES_AT)).toEqual({ outcome: 'stored' });
    expect(names()).toEqual(['Put']);
  });

  it.each([
    [
      'its own receipt',
      [conditionFailed, answers(receiptOf(withReceipt.messageId))],
      { outcome: 'stored' },
    ],
    [
      'the receipt of an earlier attempt',
      [conditionFailed, answers(receiptOf('another'))],
      { outcome: 'already-stored', receipt: { seq: 9, messageId: 'another', sentAt: NOON - 5 } },
    ],
    [
      'no receipt, and a void at its number',
      [conditionFailed, answers({}), answers({ Item: { kind: 'void' } })],
      { outcome: 'number-taken' },
    ],
    [
      'no receipt, and itself at its number',
      [conditionFailed, answers({}), answers({ Item: { messageId: withReceipt.messageId } })],
      { outcome: 'stored' },
    ],
    [
      'a receipt that has expired, and a void at its number',
      [
        conditionFailed,
        answers(receiptOf('another', NOON / 1000)),
        answers({ Item: { kind: 'void' } }),
      ],
      { outcome: 'number-taken' },
    ],
    ['nothing in the way after a conflict', [conflict, answers({})], { outcome: 'stored' }],
    [
      'nothing in the way after throttling',
      [throttled, throttled, answers({})],
      { outcome: 'stored' },
    ],
    [
      'its own receipt after a reply that was lost',
      [timeout, conditionFailed, answers(receiptOf(withReceipt.messageId))],
      { outcome: 'stored' },
    ],
  ])('finds %s', async (_title, script, result) => {
    const outcome = await aStore(...script).store.append(withReceipt, EXPIRES_AT);

    expect(outcome).toMatchObject(result);
  });

  it.each([
    ['itself', { Item: { messageId: without.messageId } }, 'stored'],
    ['a void', { Item: { kind: 'void' } }, 'number-taken'],
  ])('finds %s under the number of a message without a receipt', async (_title, item, outcome) => {
    const failed = throws(anSdkError('ConditionalCheckFailedException', 400));
    const { store, names } = aStore(failed, answers(item));

    expect(await store.append(without, EXPIRES_AT)).toEqual({ outcome });
    expect(names()).toEqual(['Put', 'Get']);
  });

  it.each([
    ['a conflict', conflict, 'CONFLICT', 500],
    ['a throttled request', throttled, 'RATE_LIMITED', 1_000],
    ['an account at its limit', throttledBy('AccountLimitExceeded'), 'UNAVAILABLE', 1_000],
    ['a room at its limit', throttledBy('KeyRangeThroughputExceeded'), 'RATE_LIMITED', 1_000],
    [
      'a message that is throttled',
      throws(cancelled('ThrottlingError', 'None')),
      'RATE_LIMITED',
      1_000,
    ],
    [
      'a message beyond the throughput',
      throws(cancelled('ProvisionedThroughputExceeded', 'None')),
      'RATE_LIMITED',
      1_000,
    ],
    [
      'a receipt that is throttled',
      throws(cancelled('None', 'ThrottlingError')),
      'UNAVAILABLE',
      1_000,
    ],
    [
      'a receipt in conflict beside a throttled message',
      throws(cancelled('ThrottlingError', 'TransactionConflict')),
      'RATE_LIMITED',
      1_000,
    ],
    [
      'a transaction that is still under way',
      throws(anSdkError('TransactionInProgressException', 400)),
      'UNAVAILABLE',
      1_000,
    ],
    ['a store that does not answer', timeout, 'UNAVAILABLE', 1_000],
    ['a broken store', throws(anSdkError('InternalServerError', 500)), 'UNAVAILABLE', 1_000],
  ])(
    'gives up on %s that does not end, and says when to try again',
    async (_title, answer, code, retryAfterMs) => {
      const { store, names } = aStore(answer);

      await expect(store.append(withReceipt, EXPIRES_AT)).rejects.toMatchObject({
        code,
        retryable: true,
        retryAfterMs,
      });
      expect(names()).toEqual(new Array(4).fill('TransactWrite'));
    },
  );

  it.each([
    ['a conflict', throws(anSdkError('TransactionConflictException', 400)), 'CONFLICT'],
    ['throttling', throttled, 'RATE_LIMITED'],
    ['a store that does not answer', timeout, 'UNAVAILABLE'],
  ])('gives up on %s that does not end without a receipt too', async (_title, answer, code) => {
    const { store, names } = aStore(answer);

    await expect(store.append(without, EXPIRES_AT)).rejects.toMatchObject({ code });
    expect(names()).toEqual(new Array(4).fill('Put'));
  });

  it.each([
    ['a request that is wrong', anSdkError('ValidationException', 400)],
    ['a permission that is missing', anSdkError('AccessDeniedException', 400)],
    ['a transaction with an item that is wrong', cancelled('None', 'ValidationError')],
    [
      'a transaction with a collection that is full',
      cancelled('ItemCollectionSizeLimitExceeded', 'None'),
    ],
    [
      'a transaction that is wrong and in conflict',
      cancelled('TransactionConflict', 'ValidationError'),
    ],
    ['a transaction for a reason that is new', cancelled('SomethingNew', 'None')],
  ])('does not repeat %s', async (_title, error) => {
    const { store, names } = aStore(throws(error));

    await expect(store.append(withReceipt, EXPIRES_AT)).rejects.toBe(error);
    expect(names()).toHaveLength(1);
  });

  it('says what stood in the way when its time is over', async () => {
    const expiry = new AbortController();
    const { store } = aStore(throttled, () => {
      expiry.abort();
      throw anSdkError('AbortError');
    });

    const appended = store.append(withReceipt, EXPIRES_AT, expiry.signal);
    await expect(appended).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('begins no further attempt once its time is over', async () => {
    const expiry = new AbortController();
    const { store, names } = aStore(() => {
      expiry.abort();
      throw anSdkError('AbortError');
    }, answers({}));

    const appended = store.append(withReceipt, EXPIRES_AT, expiry.signal);
    await expect(appended).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(names()).toHaveLength(1);
  });

  it('repeats the very same request under the same token, however late', async () => {
    const { store, sent } = aStore(timeout, timeout, answers({}));

    await store.append(withReceipt, EXPIRES_AT);

    expect(sent[1]?.input).toEqual(sent[0]?.input);
    expect(sent[2]?.input).toEqual(sent[0]?.input);
    expect(String(sent[0]?.input.ClientRequestToken).length).toBeLessThanOrEqual(36);
  });

  it('takes another token for another number', async () => {
    const { store, sent } = aStore(answers({}));

    await store.append(withReceipt, EXPIRES_AT);
    await store.append({ ...withReceipt, seq: 2 }, EXPIRES_AT);

    expect(sent[0]?.input.ClientRequestToken).not.toBe(sent[1]?.input.ClientRequestToken);
  });
});

describe('findReceipt', () => {
  it.each([
    ['finds a receipt that is alive', receiptOf('m-1'), 'm-1'],
    ['finds nothing where nothing is', {}, undefined],
    ['does not see a receipt past its time', receiptOf('m-1', NOON / 1000), undefined],
  ])('%s', async (_title, item, messageId) => {
    const { store, sent } = aStore(answers(item));

    expect((await store.findReceipt('lobby', 'ada', 'c-1'))?.messageId).toBe(messageId);
    expect(sent[0]?.input).toMatchObject({ TableName: 'Receipts', ConsistentRead: true });
  });
});
