import { TTL_USER_IDENTITY } from '../../../../local/engines/ttl-deletions.ts';
import type { StreamRecord } from '../../../../local/events/stream-record.ts';
import type { TableModel } from '../../../../local/template/model.ts';
import { equal, type Item, marshallItem } from './values.ts';

const REGION = 'us-east-1';

/** The changes of one table in the order in which they were made, as Lambda hands them to handlers. */
export interface ChangeStream {
  /** Oldest first; only ever added to. An event source mapping keeps its own position in it. */
  readonly records: readonly StreamRecord[];
}

interface Change {
  keys: Item;
  before: Item | undefined;
  after: Item | undefined;
  at: number;
  byTtl: boolean;
}

export interface RecordingStream extends ChangeStream {
  append(change: Change): void;
}

/** One shard: AWS may have more, and keeps the order of each item only. */
export function createChangeStream(table: TableModel): RecordingStream {
  const records: StreamRecord[] = [];
  const { tableName, streamView } = table;
  const newImages = streamView === 'NEW_IMAGE' || streamView === 'NEW_AND_OLD_IMAGES';
  const oldImages = streamView === 'OLD_IMAGE' || streamView === 'NEW_AND_OLD_IMAGES';

  return {
    records,
    append({ keys, before, after, at, byTtl }) {
      // A write that changes nothing is no change.
      if (streamView === undefined || equal(before, after)) return;
      const count = String(records.length + 1);
      records.push({
        eventID: `${tableName}-${count}`,
        eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: REGION,
        dynamodb: {
          ApproximateCreationDateTime: Math.floor(at / 1000),
          Keys: toImage(keys),
          ...(newImages && after !== undefined && { NewImage: toImage(after) }),
          ...(oldImages && before !== undefined && { OldImage: toImage(before) }),
          SequenceNumber: `1${count.padStart(20, '0')}`,
          SizeBytes: 0,
          StreamViewType: streamView,
        },
        eventSourceARN: `arn:aws:dynamodb:${REGION}:000000000000:table/${tableName}/stream/simulated`,
        ...(byTtl && { userIdentity: TTL_USER_IDENTITY }),
      });
    },
  };
}

/** The project stores no binary values, of which an event shows base64. */
const toImage = (item: Item) => marshallItem(item) as unknown as StreamRecord['dynamodb']['Keys'];
