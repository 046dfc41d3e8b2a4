import { toRecord } from '../../shared/aws/message-record.ts';
import type { LogEntry } from '../../shared/domain/message.ts';
import { DAY_MS } from './log-entries.ts';

type AttributeValue = { S: string } | { N: string };

/** An entry of the log as the stream of its table shows it. */
export function imageOf(entry: LogEntry): Record<string, AttributeValue> {
  const record = toRecord({ entry, expiresAt: entry.sentAt + 30 * DAY_MS });
  return Object.fromEntries(
    Object.entries(record)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        typeof value === 'number' ? { N: String(value) } : { S: String(value) },
      ]),
  );
}

let sequence = 0;

/** @param newImage of an INSERT; by default that of `entry`. */
export function aStreamRecord(entry: LogEntry, newImage: unknown = imageOf(entry)) {
  sequence += 1;
  return {
    eventID: `event-${sequence}`,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-west-1',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(entry.sentAt / 1000),
      Keys: { roomId: { S: entry.roomId }, seq: { N: String(entry.seq) } },
      NewImage: newImage,
      SequenceNumber: String(100_000_000_000_000_000_000n + BigInt(sequence)),
      SizeBytes: 300,
      StreamViewType: 'NEW_IMAGE',
    },
    eventSourceARN:
      'arn:aws:dynamodb:eu-west-1:123456789012:table/Messages/stream/2026-11-16T00:00:00.000',
  };
}

export type StreamRecord = ReturnType<typeof aStreamRecord>;

export function aStreamEvent(...Records: StreamRecord[]) {
  return { Records };
}
