import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueMessageAttribute, QueueRecord, QueueSource } from './queue-source.ts';

/** Limits of ReceiveMessage and DeleteMessageBatch. */
const MAX_ENTRIES = 10;
const MAX_WAIT_SECONDS = 20;
const DEFAULT_VISIBILITY_TIMEOUT_MS = 30_000;

export interface SqsSourceOptions {
  client: SQSClient;
  queueUrl: string;
  /** The ARN that AWS would show. */
  queueArn: string;
  region: string;
  visibilityTimeoutMs?: number;
}

/**
 * A queue of an SQS-compatible engine.
 *
 * An aborted long poll may live on inside an embedded engine until its wait is over, and take the
 * next messages with it: they come back after the visibility timeout, as after a lost response.
 */
export function createSqsSource(options: SqsSourceOptions): QueueSource {
  const { client, queueUrl } = options;
  return {
    visibilityTimeoutMs: options.visibilityTimeoutMs ?? DEFAULT_VISIBILITY_TIMEOUT_MS,

    async receive(max, waitMs, signal) {
      const command = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(MAX_ENTRIES, max),
        WaitTimeSeconds: Math.min(MAX_WAIT_SECONDS, Math.ceil(waitMs / 1000)),
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      });
      try {
        const { Messages = [] } = await client.send(command, { abortSignal: signal });
        return Messages.map((message) => toQueueRecord(message, options));
      } catch (error) {
        if (signal.aborted) return [];
        throw error;
      }
    },

    async remove(receiptHandles) {
      const failed: string[] = [];
      for (let from = 0; from < receiptHandles.length; from += MAX_ENTRIES) {
        const handles = receiptHandles.slice(from, from + MAX_ENTRIES);
        const { Failed = [] } = await client.send(
          new DeleteMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
          }),
        );
        failed.push(...Failed.map(({ Code, Message: text }) => text ?? Code ?? 'unknown'));
      }
      if (failed.length > 0) throw new Error(`Not deleted from ${queueUrl}: ${failed.join('; ')}`);
    },
  };
}

function toQueueRecord(message: Message, { queueArn, region }: SqsSourceOptions): QueueRecord {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: { ...message.Attributes },
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        toAttribute(value),
      ]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    ...(message.MD5OfMessageAttributes !== undefined && {
      md5OfMessageAttributes: message.MD5OfMessageAttributes,
    }),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

function toAttribute(value: MessageAttributeValue): QueueMessageAttribute {
  return {
    ...(value.StringValue !== undefined && { stringValue: value.StringValue }),
    ...(value.BinaryValue && { binaryValue: Buffer.from(value.BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: value.DataType ?? 'String',
  };
}
