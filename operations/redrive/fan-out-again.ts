import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { parseStored } from '../../shared/aws/parse.ts';

/**
 * Fans stream records out once more, as the stream would.
 *
 * @throws Error when any of them was not fanned out.
 */
export type FanOutAgain = (records: readonly unknown[]) => Promise<void>;

const answerSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })),
});
const failureSchema = z.object({ errorType: z.string(), errorMessage: z.string() });

export function createFanOutAgain(client: LambdaClient, functionName: string): FanOutAgain {
  return async (records) => {
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        Payload: JSON.stringify({ Records: records }),
      }),
    );
    const answer: unknown = JSON.parse(Payload?.transformToString() ?? 'null');
    if (FunctionError !== undefined) {
      const { errorType, errorMessage } = parseStored(failureSchema, answer, 'The answer');
      throw new Error(`fan-out failed: ${errorType}: ${errorMessage}`);
    }
    const { batchItemFailures } = parseStored(answerSchema, answer, 'The answer');
    if (batchItemFailures.length > 0) {
      throw new Error('fan-out reported a failure; its log says of what');
    }
  };
}
