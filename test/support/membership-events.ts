import { NOON } from './fake-clock.ts';

export interface MembershipEvent {
  kind: 'joined' | 'left';
  connectionId: string;
  userId: string;
  roomId?: string;
}

let sequence = 0;

/** What the stream of the Memberships table shows of a coming or going, on the room's side. */
export function aMembershipRecord({
  kind,
  connectionId,
  userId,
  roomId = 'lobby',
}: MembershipEvent) {
  sequence += 1;
  const Keys = { partition: { S: `room#${roomId}#0` }, member: { S: connectionId } };
  const row = {
    ...Keys,
    v: { N: '1' },
    userId: { S: userId },
    shard: { N: '0' },
    joinedAt: { N: String(NOON) },
    expiresAt: { N: String(NOON / 1_000 + 7_800) },
  };
  return {
    eventID: `event-${sequence}`,
    eventName: kind === 'joined' ? 'INSERT' : 'REMOVE',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-west-1',
    dynamodb: {
      ApproximateCreationDateTime: NOON / 1_000,
      Keys,
      ...(kind === 'joined' ? { NewImage: row } : { OldImage: row }),
      SequenceNumber: String(100_000_000_000_000_000_000n + BigInt(sequence)),
      SizeBytes: 300,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN:
      'arn:aws:dynamodb:eu-west-1:123456789012:table/Memberships/stream/2026-11-16T00:00:00.000',
  };
}
