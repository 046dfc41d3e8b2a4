import * as z from 'zod';
import type { BucketModel, KeyModel, QueueModel, TableModel } from './model.ts';
import type { Resource, Resources } from './resources.ts';

const keySchema = z
  .array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
  .min(1)
  .transform((keys): KeyModel => {
    const sort = keys.find((key) => key.KeyType === 'RANGE')?.AttributeName;
    const partition = keys.find((key) => key.KeyType === 'HASH')?.AttributeName ?? '';
    return { partition, ...(sort !== undefined && { sort }) };
  });

const tableSchema = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z
    .array(
      z.object({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.object({
          ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
          NonKeyAttributes: z.array(z.string()).default([]),
        }),
      }),
    )
    .default([]),
  LocalSecondaryIndexes: z
    .undefined('a local secondary index is not known to the local runtime')
    .optional(),
  StreamSpecification: z
    .object({
      StreamViewType: z.enum(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']),
    })
    .optional(),
  TimeToLiveSpecification: z
    .object({ AttributeName: z.string().optional(), Enabled: z.boolean() })
    .optional(),
});

export function readTable(resources: Resources, resource: Resource): TableModel {
  const table = resources.read(resource, tableSchema);
  const ttl = table.TimeToLiveSpecification;
  return {
    id: resource.id,
    tableName: resource.name,
    attributes: table.AttributeDefinitions.map(({ AttributeName, AttributeType }) => ({
      name: AttributeName,
      type: AttributeType,
    })),
    key: table.KeySchema,
    indexes: table.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
      indexName: IndexName,
      key: KeySchema,
      projection:
        Projection.ProjectionType === 'INCLUDE'
          ? Projection.NonKeyAttributes
          : Projection.ProjectionType,
    })),
    ...(table.StreamSpecification && { streamView: table.StreamSpecification.StreamViewType }),
    ...(ttl?.Enabled && ttl.AttributeName !== undefined && { ttlAttribute: ttl.AttributeName }),
  };
}

/** Those of a queue's properties that are attributes of CreateQueue and mean something on one machine. */
const queueSchema = z.object({
  VisibilityTimeout: z.number().optional(),
  MessageRetentionPeriod: z.number().optional(),
  MaximumMessageSize: z.number().optional(),
  DelaySeconds: z.number().optional(),
  ReceiveMessageWaitTimeSeconds: z.number().optional(),
  FifoQueue: z.boolean().optional(),
  ContentBasedDeduplication: z.boolean().optional(),
  DeduplicationScope: z.string().optional(),
  FifoThroughputLimit: z.string().optional(),
  RedrivePolicy: z.record(z.string(), z.unknown()).optional(),
  RedriveAllowPolicy: z.record(z.string(), z.unknown()).optional(),
});

export function readQueue(resources: Resources, resource: Resource): QueueModel {
  const attributes = Object.entries(resources.read(resource, queueSchema)).map(([name, value]) => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  return {
    id: resource.id,
    queueName: resource.name,
    attributes: Object.fromEntries(attributes),
  };
}

/** Its lifecycle, encryption and policy mean nothing on one machine. */
export function readBucket(resources: Resources, resource: Resource): BucketModel {
  return { id: resource.id, bucketName: resources.valueOf(resource) };
}
