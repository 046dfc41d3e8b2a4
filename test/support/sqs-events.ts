import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';

let count = 0;

export function anSqsRecord(body: string, messageId?: string): SQSRecord {
  count += 1;
  return {
    messageId: messageId ?? `059f36b4-87a3-44ab-83d2-${String(count).padStart(12, '0')}`,
    receiptHandle: `receipt-${count}`,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1795435200000',
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: '1795435200005',
    },
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:delivery',
    awsRegion: 'eu-west-1',
  };
}

export function anSqsEvent(...Records: SQSRecord[]): SQSEvent {
  return { Records };
}

/** @param remainingMs how much of its time the invocation has left, at every look. */
export function aLambdaContext(remainingMs: () => number = () => 60_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'deliver',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:deliver',
    memoryLimitInMB: '512',
    awsRequestId: '6bc28136-xmpl-4365-b021-0ce6b2e64ab0',
    logGroupName: '/aws/lambda/deliver',
    logStreamName: '2026/11/16/[$LATEST]0',
    getRemainingTimeInMillis: remainingMs,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
