import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** Takes up to ten messages out of a queue, and waits for the first. @returns their bodies */
export async function receiveSome(
  client: SQSClient,
  QueueUrl: string,
  WaitTimeSeconds = 0,
): Promise<string[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds }),
  );
  if (Messages.length === 0) return [];
  const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
  await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  return Messages.map(({ Body }) => Body ?? '');
}

/** Takes everything out of a queue, until a request brings nothing. */
export async function receiveAndDelete(client: SQSClient, queueUrl: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const some = await receiveSome(client, queueUrl);
    if (some.length === 0) return bodies;
    bodies.push(...some);
  }
}
