import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { StackModel } from '../template/model.ts';
import { ENGINE_CREDENTIALS, ENGINE_SQS_REGION } from './credentials.ts';
import { createS3Client, provisionBuckets } from './provision-buckets.ts';
import { provisionQueues } from './provision-queues.ts';
import { provisionTables } from './provision-tables.ts';

export interface ProvisionOptions {
  model: Pick<StackModel, 'region' | 'tables' | 'queues' | 'buckets'>;
  dynamoDbEndpoint: string;
  /** Where the buckets are, too. */
  sqsEndpoint: string;
}

export interface Provisioned {
  /** The engine's own stream ARN of each table that has a stream, by table id. */
  streamArns: Record<string, string>;
}

/**
 * Creates in the engines what the template declares and the engines lack. May be repeated: over
 * existing data it creates nothing, updates queue attributes, and refuses tables that differ.
 */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const { model, dynamoDbEndpoint, sqsEndpoint } = options;
  const dynamoDb = new DynamoDBClient({
    endpoint: dynamoDbEndpoint,
    region: model.region,
    credentials: ENGINE_CREDENTIALS,
  });
  const sqs = new SQSClient({
    endpoint: sqsEndpoint,
    region: ENGINE_SQS_REGION,
    credentials: ENGINE_CREDENTIALS,
  });
  const s3 = createS3Client(sqsEndpoint);
  try {
    const [streamArns] = await Promise.all([
      provisionTables(dynamoDb, model.tables),
      provisionQueues(sqs, model.queues),
      provisionBuckets(s3, model.buckets),
    ]);
    return { streamArns };
  } finally {
    dynamoDb.destroy();
    sqs.destroy();
    s3.destroy();
  }
}
