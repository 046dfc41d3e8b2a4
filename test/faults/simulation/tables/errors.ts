import {
  type AttributeValue,
  type CancellationReason,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { anSdkError } from '../../../support/fake-sdk-client.ts';

/** Errors as the SDK throws them: the classes where adapters ask for the class. */

const BAD_REQUEST = { httpStatusCode: 400 };
const CONDITION_FAILED = 'The conditional request failed';

export const invalid = (message: string) => anSdkError('ValidationException', 400, message);

export function conditionFailed(existing: Record<string, AttributeValue> | undefined): Error {
  return new ConditionalCheckFailedException({
    message: CONDITION_FAILED,
    $metadata: BAD_REQUEST,
    ...(existing === undefined ? {} : { Item: existing }),
  });
}

export function cancelled(reasons: CancellationReason[]): TransactionCanceledException {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    $metadata: BAD_REQUEST,
    CancellationReasons: reasons,
  });
}

/** Why one item of a transaction stood in its way; undefined for an error that is none of its own. */
export function reasonOf(error: unknown): CancellationReason | undefined {
  if (error instanceof ConditionalCheckFailedException) {
    const { Item } = error;
    return {
      Code: 'ConditionalCheckFailed',
      Message: CONDITION_FAILED,
      ...(Item === undefined ? {} : { Item }),
    };
  }
  const { name, message } = error as Error;
  return name === 'ValidationException' ? { Code: 'ValidationError', Message: message } : undefined;
}
