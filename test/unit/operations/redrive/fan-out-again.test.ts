import type { LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from '@jest/globals';
import { createFanOutAgain } from '../../../../operations/redrive/fan-out-again.ts';
import { answers, createFakeSdkClient } from '../../../support/fake-sdk-client.ts';

function fanOutAnswering(payload: unknown, FunctionError?: string) {
  const Payload = { transformToString: () => JSON.stringify(payload) };
  const { client, sent } = createFakeSdkClient<LambdaClient>(answers({ Payload, FunctionError }));
  return { fanOutAgain: createFanOutAgain(client, 'FanOut'), sent };
}

describe('fanning records out again', () => {
  it('hands them to the function as the stream would', async () => {
    const { fanOutAgain, sent } = fanOutAnswering({ batchItemFailures: [] });
    await fanOutAgain([{ eventID: '1' }]);

    expect(sent).toEqual([
      {
        name: 'Invoke',
        input: { FunctionName: 'FanOut', Payload: '{"Records":[{"eventID":"1"}]}' },
      },
    ]);
  });

  it.each([
    {
      description: 'it reports a record',
      payload: { batchItemFailures: [{ itemIdentifier: '7' }] },
      problem: 'fan-out reported a failure',
    },
    {
      description: 'it throws',
      payload: { errorType: 'ChatError', errorMessage: 'out of reach' },
      functionError: 'Unhandled',
      problem: 'fan-out failed: ChatError: out of reach',
    },
    { description: 'it answers nonsense', payload: null, problem: 'The answer cannot be read' },
  ])('fails when $description', async ({ payload, functionError, problem }) => {
    const { fanOutAgain } = fanOutAnswering(payload, functionError);

    await expect(fanOutAgain([])).rejects.toThrow(problem);
  });
});
