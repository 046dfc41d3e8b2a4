import { createHash } from 'node:crypto';
import type { _Record, AttributeValue } from '@aws-sdk/client-dynamodb-streams';
import { TTL_USER_IDENTITY } from '../engines/ttl-deletions.ts';

/** An attribute value as Lambda's event holds it: binary values are base64 text. */
export type JsonAttributeValue = Record<string, unknown>;
export type JsonImage = Record<string, JsonAttributeValue>;

/** One record of a DynamoDB stream event, exactly as Lambda hands it to a handler. */
export interface StreamRecord {
  eventID: string;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  eventVersion: '1.1';
  eventSource: 'aws:dynamodb';
  awsRegion: string;
  dynamodb: {
    /** Seconds since the epoch. */
    ApproximateCreationDateTime: number;
    Keys: JsonImage;
    NewImage?: JsonImage;
    OldImage?: JsonImage;
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: string;
  };
  eventSourceARN: string;
  userIdentity?: typeof TTL_USER_IDENTITY;
}

/** What an engine's record does not say, or says wrongly. */
export interface StreamIdentity {
  streamArn: string;
  region: string;
  viewType: string;
  /** Whether the removal of the item with this key was the work of TTL; asked once per removal. */
  isExpiry(key: Record<string, AttributeValue>): boolean;
}

/** An engine's record in the shape that AWS sends. */
export function toStreamRecord(record: _Record, identity: StreamIdentity): StreamRecord {
  const { dynamodb = {}, eventName = 'MODIFY' } = record;
  const sequenceNumber = dynamodb.SequenceNumber;
  if (sequenceNumber === undefined) throw new Error('A stream record has no SequenceNumber');
  const key = dynamodb.Keys ?? {};
  const expired =
    eventName === 'REMOVE' && (record.userIdentity !== undefined || identity.isExpiry(key));
  return {
    // Engines count per table, so that two tables would share ids.
    eventID: createHash('md5').update(`${identity.streamArn} ${sequenceNumber}`).digest('hex'),
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: identity.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(
        (dynamodb.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
      ),
      Keys: toJsonImage(key),
      ...(dynamodb.NewImage && { NewImage: toJsonImage(dynamodb.NewImage) }),
      ...(dynamodb.OldImage && { OldImage: toJsonImage(dynamodb.OldImage) }),
      SequenceNumber: sequenceNumber,
      SizeBytes: dynamodb.SizeBytes ?? 0,
      StreamViewType: identity.viewType,
    },
    eventSourceARN: identity.streamArn,
    ...(expired && { userIdentity: TTL_USER_IDENTITY }),
  };
}

function toJsonImage(image: Record<string, AttributeValue>): JsonImage {
  return Object.fromEntries(
    Object.entries(image).map(([name, value]) => [name, toJsonValue(value)]),
  );
}

function toJsonValue(value: AttributeValue): JsonAttributeValue {
  if (value.B) return { B: base64(value.B) };
  if (value.BS) return { BS: value.BS.map(base64) };
  if (value.L) return { L: value.L.map(toJsonValue) };
  if (value.M) return { M: toJsonImage(value.M) };
  return { ...value };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** Text that is equal for equal images: attributes and set members have no order in DynamoDB. */
export function canonicalImage(image: JsonImage): string {
  return JSON.stringify(image, (name, value: unknown) => {
    if ((name === 'SS' || name === 'NS' || name === 'BS') && Array.isArray(value)) {
      return value.toSorted();
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
