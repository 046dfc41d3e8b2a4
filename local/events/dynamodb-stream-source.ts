import {
  type _Record,
  type AttributeValue,
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { createNoOpDetector } from './no-op-detector.ts';
import { type StreamIdentity, toStreamRecord } from './stream-record.ts';
import type {
  ShardReader,
  StreamPage,
  StreamPosition,
  StreamShard,
  StreamSource,
} from './stream-source.ts';

/** Limits of GetRecords on AWS; engines on one machine keep to the first only. */
const MAX_PAGE_RECORDS = 1_000;
const MAX_PAGE_BYTES = 1_048_576;

export interface DynamoDbStreamSourceOptions {
  client: DynamoDBStreamsClient;
  /** The stream's ARN as the engine knows it (`LatestStreamArn`). */
  engineStreamArn: string;
  region: string;
  accountId: string;
  /** Whether TTL removed the item with this key: asked once for each REMOVE record, in order. */
  isExpiry?(tableName: string, key: Record<string, AttributeValue>): boolean;
}

/**
 * Opens a stream of a DynamoDB-compatible engine and puts right what engines on one machine do
 * differently, so that handlers see what AWS sends: ARNs and Region, ids unique across tables, no
 * records of writes that changed nothing, pages of 1 MB, the mark of TTL, base64 for binary values.
 */
export async function createDynamoDbStreamSource(
  options: DynamoDbStreamSourceOptions,
): Promise<StreamSource> {
  const { client, engineStreamArn, region, accountId } = options;
  const description = await describe();
  const tableName = description.TableName ?? '';
  const label = creationLabel(description.StreamLabel, description.CreationRequestDateTime);
  const streamArn = `arn:aws:dynamodb:${region}:${accountId}:table/${tableName}/stream/${label}`;
  const identity: StreamIdentity = {
    streamArn,
    region,
    viewType: description.StreamViewType ?? 'NEW_AND_OLD_IMAGES',
    isExpiry: (key) => options.isExpiry?.(tableName, key) ?? false,
  };

  async function describe(afterShardId?: string) {
    const { StreamDescription } = await client.send(
      new DescribeStreamCommand({
        StreamArn: engineStreamArn,
        ...(afterShardId !== undefined && { ExclusiveStartShardId: afterShardId }),
      }),
    );
    if (!StreamDescription) throw new Error(`The engine knows no stream ${engineStreamArn}`);
    return StreamDescription;
  }

  async function iterator(shardId: string, from: StreamPosition): Promise<string> {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamArn: engineStreamArn,
        ShardId: shardId,
        ShardIteratorType: from.type,
        ...(from.type === 'AFTER_SEQUENCE_NUMBER' && { SequenceNumber: from.sequenceNumber }),
      }),
    );
    if (ShardIterator === undefined) throw new Error(`No iterator for shard ${shardId}`);
    return ShardIterator;
  }

  /** Records that left the retention of the stream cannot be had: go on with what is there. */
  async function iteratorOrHorizon(shardId: string, from: StreamPosition): Promise<string> {
    try {
      return await iterator(shardId, from);
    } catch (error) {
      if (!isNamed(error, 'TrimmedDataAccessException')) throw error;
      return iterator(shardId, { type: 'TRIM_HORIZON' });
    }
  }

  return {
    streamArn,

    async listShards() {
      const shards: StreamShard[] = [];
      let after: string | undefined;
      do {
        const page = await describe(after);
        for (const { ShardId, ParentShardId } of page.Shards ?? []) {
          if (ShardId === undefined) continue;
          shards.push({
            shardId: ShardId,
            ...(ParentShardId !== undefined && { parentShardId: ParentShardId }),
          });
        }
        after = page.LastEvaluatedShardId;
      } while (after !== undefined);
      return shards;
    },

    async openShard(shardId, from) {
      let position = from;
      let next: string | undefined = await iteratorOrHorizon(shardId, from);
      let waiting: Awaited<ReturnType<typeof getRecords>> = [];
      const isNoOp = createNoOpDetector();

      async function getRecords() {
        if (next === undefined) return [];
        const page = await client.send(
          new GetRecordsCommand({ ShardIterator: next, Limit: MAX_PAGE_RECORDS }),
        );
        // A shard is closed when there is no next iterator. EndingSequenceNumber does not tell:
        // engines give it for open shards too.
        next = page.NextShardIterator;
        return page.Records ?? [];
      }

      return {
        async read(): Promise<StreamPage> {
          if (waiting.length === 0) {
            try {
              waiting = await getRecords();
            } catch (error) {
              const lost = ['ExpiredIteratorException', 'TrimmedDataAccessException'];
              if (lost.some((name) => isNamed(error, name))) {
                next = await iteratorOrHorizon(shardId, position);
              }
              throw error;
            }
          }
          if (waiting.length === 0) {
            return { records: [], caughtUp: true, ended: next === undefined };
          }
          const page = waiting.slice(0, pageLength(waiting));
          const records = page.map((record) => toStreamRecord(record, identity));
          waiting = waiting.slice(page.length);
          const last = records.at(-1)?.dynamodb.SequenceNumber;
          if (last !== undefined)
            position = { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: last };
          return {
            records: records.filter((record) => !isNoOp(record)),
            ...(last !== undefined && { lastSequenceNumber: last }),
            caughtUp: false,
            ended: false,
          };
        },
      } satisfies ShardReader;
    },
  };
}

/** How many of these records make one page; always at least one. */
function pageLength(records: readonly _Record[]): number {
  let bytes = 0;
  for (const [index, record] of records.entries()) {
    bytes += record.dynamodb?.SizeBytes ?? 0;
    if (index > 0 && bytes > MAX_PAGE_BYTES) return index;
  }
  return records.length;
}

/** AWS labels a stream with its creation time without a zone; engines may give epoch seconds. */
function creationLabel(label: string | undefined, createdAt: Date | undefined): string {
  if (label !== undefined && /^\d{4}-\d\d-\d\dT/.test(label)) return label;
  const seconds = Number(label);
  const at = Number.isFinite(seconds) ? new Date(seconds * 1000) : (createdAt ?? new Date(0));
  return at.toISOString().slice(0, -1);
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
