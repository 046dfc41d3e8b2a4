import type { StreamRecord } from './stream-record.ts';

/** A table's stream, as an event source mapping reads it. */
export interface StreamSource {
  /** The ARN that AWS would show, with its creation time as the label. */
  readonly streamArn: string;
  /** All shards there are now, parents before their children. */
  listShards(): Promise<StreamShard[]>;
  openShard(shardId: string, from: StreamPosition): Promise<ShardReader>;
}

export interface StreamShard {
  shardId: string;
  parentShardId?: string;
}

export type StreamPosition =
  | { type: 'TRIM_HORIZON' }
  | { type: 'LATEST' }
  | { type: 'AFTER_SEQUENCE_NUMBER'; sequenceNumber: string };

export interface ShardReader {
  /** The next page. After an error the same page can be asked for again. */
  read(): Promise<StreamPage>;
}

export interface StreamPage {
  /** At most 1,000 records and 1 MB, as from GetRecords. */
  records: StreamRecord[];
  /** The last record looked at, whether or not it is in `records`. */
  lastSequenceNumber?: string;
  /** There was nothing more to read at this moment. */
  caughtUp: boolean;
  /** The shard is closed and read to its end. */
  ended: boolean;
}
