import { randomUUID } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { StackModel, StreamMappingModel } from '../template/model.ts';
import { failureKey, failureMessage, failureObject, type GivenUpBatch } from './failure-record.ts';

/** Tells the mapping's destination, if it has one, of a batch that was given up. */
export type OnFailure = (
  mapping: Pick<StreamMappingModel, 'id' | 'onFailure'>,
  batch: GivenUpBatch,
) => Promise<void>;

export interface OnFailureOptions {
  model: Pick<StackModel, 'queues' | 'buckets'>;
  sqs: SQSClient;
  queueUrl: (queueName: string) => string;
  s3: S3Client;
}

/** Does what Lambda does with the destinations of the template. */
export function createOnFailure({ model, sqs, queueUrl, s3 }: OnFailureOptions): OnFailure {
  return async ({ id, onFailure }, batch) => {
    const queue = model.queues.find((queue) => queue.id === onFailure?.id);
    if (queue !== undefined) {
      const QueueUrl = queueUrl(queue.queueName);
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: failureMessage(batch) }));
    }
    const bucket = model.buckets.find((bucket) => bucket.id === onFailure?.id);
    if (bucket !== undefined) {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket.bucketName,
          Key: failureKey(id, batch, randomUUID()),
          Body: failureObject(batch),
        }),
      );
    }
  };
}
