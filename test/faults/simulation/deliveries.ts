import { decodeJob } from '../../../shared/aws/delivery-job.ts';
import { decodeRoomJob } from '../../../shared/aws/room-job.ts';
import type { FinalState } from '../checker/history.ts';
import { QUEUES } from './deployment.ts';
import type { Observer } from './observer.ts';
import type { SimulatedQueues } from './queue.ts';
import type { Finding } from './simulation.ts';

export interface DeliveryEvidence {
  observer: Observer;
  final: FinalState;
  /** Rooms and numbers of records that the stream mapping gave up; connections and rooms of recipients. */
  givenUp: ReadonlySet<string>;
  queues: SimulatedQueues;
}

/**
 * What the service owes to a connection, whatever its client would repair by itself: every number
 * beyond the head that the answer to `join` or `resume` told is posted to it, at least once. The only
 * excuses are recipients that were given up in the open, and what lies in a dead-letter queue.
 */
export function judgeDeliveries(evidence: DeliveryEvidence): Finding[] {
  const { observer, final, givenUp } = evidence;
  const queued = queuedFor(evidence);
  const isLeft = leftInFlushDlq(evidence);
  const findings: Finding[] = observer.complaints.map((complaint) => ({
    ...complaint,
    events: [],
    rows: [],
  }));
  for (const { wire, roomId, head } of observer.told.values()) {
    const { connectionId, client } = wire;
    const key = `${connectionId} ${roomId}`;
    if (wire.state !== 'open' || !wire.carries || givenUp.has(key)) continue;
    const posted = observer.posted.get(key);
    for (const row of final.log) {
      const { seq } = row;
      if (row.roomId !== roomId || seq <= head || posted?.has(seq)) continue;
      if (givenUp.has(`${roomId} ${seq}`) || queued.has(`${key} ${seq}`)) continue;
      if (isLeft(roomId, seq)) continue;
      const message = `${seq} of ${roomId} was never posted to ${connectionId}, which was told ${head}.`;
      findings.push({
        rule: 'never-posted',
        roomId,
        seq,
        client,
        message,
        events: [],
        rows: [row],
      });
    }
  }
  return findings;
}

/** Numbers of connections in rooms that lie where they will be delivered, or an operator finds them. */
function queuedFor({ queues }: DeliveryEvidence): Set<string> {
  const queued = new Set<string>();
  for (const queueUrl of [QUEUES.delivery, QUEUES.deliveryDlq]) {
    for (const { body } of queues.lettersIn(queueUrl)) {
      const { roomId, frames, connectionIds } = decodeJob(body);
      for (const { seq } of frames.flatMap((frame) => JSON.parse(frame).messages ?? [])) {
        for (const connectionId of connectionIds) queued.add(`${connectionId} ${roomId} ${seq}`);
      }
    }
  }
  return queued;
}

/** What an operator finds among the flushes: a room from a number on, or the frames of a part of it. */
function leftInFlushDlq({ queues }: DeliveryEvidence) {
  const jobs = queues.lettersIn(QUEUES.flushDlq).map(({ body }) => decodeRoomJob(body));
  return (roomId: string, seq: number) =>
    jobs.some((job) => {
      if (job.roomId !== roomId) return false;
      if (job.kind === 'flush') return job.from <= seq;
      return job.frames.some((frame) =>
        (JSON.parse(frame).messages ?? []).some((entry: { seq: number }) => entry.seq === seq),
      );
    });
}
