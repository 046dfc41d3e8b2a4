import { describe, expect, it } from '@jest/globals';
import {
  hasName,
  isHotKey,
  isTransient,
  reach,
  statusOf,
} from '../../../../shared/aws/sdk-errors.ts';
import { ChatError, unavailable } from '../../../../shared/domain/errors.ts';
import { anSdkError } from '../../../support/fake-sdk-client.ts';

const networkError = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

describe('isTransient', () => {
  it.each<[string, unknown, boolean]>([
    ['a throttled table', anSdkError('ProvisionedThroughputExceededException', 400), true],
    ['throttling', anSdkError('ThrottlingException', 400), true],
    ['a transaction in the way', anSdkError('TransactionConflictException', 400), true],
    ['a transaction that is under way', anSdkError('TransactionInProgressException', 400), true],
    ['too many messages in flight', anSdkError('OverLimit', 403), true],
    ['a throttled queue', anSdkError('RequestThrottled', 403), true],
    ['a broken service', anSdkError('SomethingNew', 503), true],
    ['a 429 under any name', anSdkError('SomethingNew', 429), true],
    ['a timeout', anSdkError('TimeoutError'), true],
    ['a broken connection', networkError, true],
    ['a failed condition', anSdkError('ConditionalCheckFailedException', 400), false],
    ['a bad request', anSdkError('ValidationException', 400), false],
    ['a missing permission', anSdkError('AccessDeniedException', 400), false],
    ['a bug', new TypeError('undefined is not a function'), false],
    ['no error at all', 'nonsense', false],
    ['nothing', undefined, false],
  ])('judges %s', (_title, error, expected) => {
    expect(isTransient(error)).toBe(expected);
  });
});

describe('isHotKey', () => {
  const because = (name: string, field: string, ...reasons: string[]) =>
    Object.assign(anSdkError(name, 400), { [field]: reasons.map((reason) => ({ reason })) });

  it.each<[string, unknown, boolean]>([
    ['throttling without a reason', anSdkError('ThrottlingException', 400), true],
    [
      'one key beyond its throughput',
      because(
        'ProvisionedThroughputExceededException',
        'ThrottlingReasons',
        'TableWriteKeyRangeThroughputExceeded',
      ),
      true,
    ],
    [
      'one key, as the newer error says it',
      because('ThrottlingException', 'throttlingReasons', 'TableWriteKeyRangeThroughputExceeded'),
      true,
    ],
    [
      'an account at its limit',
      because('RequestLimitExceeded', 'ThrottlingReasons', 'TableWriteAccountLimitExceeded'),
      false,
    ],
    [
      'a table at the limit it was given',
      because(
        'ThrottlingException',
        'throttlingReasons',
        'TableWriteMaxOnDemandThroughputExceeded',
      ),
      false,
    ],
    ['a timeout', anSdkError('TimeoutError'), false],
    ['nothing', undefined, false],
  ])('judges %s', (_title, error, expected) => {
    expect(isHotKey(error)).toBe(expected);
  });
});

describe('reach', () => {
  it('returns what the call returns', async () => {
    expect(await reach('The room', async () => 7)).toBe(7);
  });

  it('turns what may pass into UNAVAILABLE, with the cause and without its words', async () => {
    const cause = anSdkError('ThrottlingException', 400, 'table Rooms-1234 is hot');
    const error = await reach('The room', () => Promise.reject(cause)).catch((e: unknown) => e);

    expect(error).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      retryAfterMs: 1_000,
      cause,
    });
    expect((error as Error).message).toBe('The room is busy; try again shortly.');
  });

  it.each([
    ['a broken call', anSdkError('ValidationException', 400)],
    ['an answer meant for the client', new ChatError('FORBIDDEN', 'no')],
    ['UNAVAILABLE itself', unavailable('busy')],
  ])('passes %s on as it is', async (_title, cause) => {
    await expect(reach('The room', () => Promise.reject(cause))).rejects.toBe(cause);
  });
});

describe('an error of the SDK', () => {
  it('is recognised by name and by status', () => {
    const error = anSdkError('GoneException', 410);

    expect(hasName(error, 'Other', 'GoneException')).toBe(true);
    expect(hasName(error, 'Other')).toBe(false);
    expect(statusOf(error)).toBe(410);
    expect(statusOf(undefined)).toBeUndefined();
    expect(statusOf(new Error('plain'))).toBeUndefined();
  });
});
