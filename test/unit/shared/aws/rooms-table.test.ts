import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { createSequencer } from '../../../../shared/aws/rooms-table.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import {
  anSdkError,
  type answers,
  createFakeSdkClient,
  throws,
} from '../../../support/fake-sdk-client.ts';

function aSequencer(...script: ReturnType<typeof answers>[]) {
  const { client, sent } = createFakeSdkClient<DynamoDBDocumentClient>(...script);
  const clock = createFakeClock();
  const sequencer = createSequencer({
    client,
    table: 'Rooms',
    clock,
    windowMaxMs: 2_000,
    retentionMs: 1_000,
  });
  return { sequencer, sent };
}

const failed = throws(anSdkError('ConditionalCheckFailedException', 400));

describe('the sequencer', () => {
  it.each([
    ['a room beyond the throughput of its row', anSdkError('ThrottlingException', 400)],
    [
      'a table that says so',
      Object.assign(anSdkError('ProvisionedThroughputExceededException', 400), {
        ThrottlingReasons: [{ reason: 'TableWriteKeyRangeThroughputExceeded' }],
      }),
    ],
  ])('says that the room is too busy, and for how long: %s', async (_title, error) => {
    const { sequencer, sent } = aSequencer(throws(error));

    await expect(sequencer.next('lobby')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryable: true,
      retryAfterMs: 1_000,
      cause: error,
    });
    expect(sent).toHaveLength(1);
  });

  it.each([
    [
      'an account at its limit',
      Object.assign(anSdkError('RequestLimitExceeded', 400), {
        ThrottlingReasons: [{ reason: 'TableWriteAccountLimitExceeded' }],
      }),
    ],
    ['a service that does not answer', anSdkError('TimeoutError')],
    ['a service that is broken', anSdkError('InternalServerError', 500)],
    ['a time that is over', anSdkError('AbortError')],
  ])('does not blame the room for %s', async (_title, error) => {
    await expect(aSequencer(throws(error)).sequencer.next('lobby')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    });
  });

  it('gives up when the two cases of a room change places again and again', async () => {
    const { sequencer, sent } = aSequencer(failed);

    await expect(sequencer.next('lobby')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(sent).toHaveLength(3);
  });
});
