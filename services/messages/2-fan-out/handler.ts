import pLimit from 'p-limit';
import * as z from 'zod';
import type { LogEntry } from '../../../shared/domain/message.ts';
import type { DeadLetters, DeliveryQueue, Rooms } from '../../../shared/domain/ports.ts';
import { emptyRoom } from '../../../shared/domain/room.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { MetricsOf } from '../../../shared/lambda/metrics.ts';
import { createSetAside } from '../../../shared/lambda/set-aside.ts';
import { createJobCollector } from './job-collector.ts';
import type { PacedFanOut } from './paced-fan-out.ts';
import type { StaggerLimits } from './stagger.ts';

/** Nothing is asked of the records here: each is judged alone, so that none speaks for its batch. */
const streamEventSchema = z.object({ Records: z.array(z.unknown()) });

const streamRecordSchema = z.object({ dynamodb: z.object({ NewImage: z.unknown() }) });
const numberedRecordSchema = z.object({ dynamodb: z.object({ SequenceNumber: z.string() }) });

export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

export interface FanOutHandlerDependencies {
  rooms: Pick<Rooms, 'readMany'>;
  fanOut: PacedFanOut;
  queue: DeliveryQueue;
  limits: StaggerLimits;
  /** @throws for an image that is not an entry of the log. */
  readImage: (image: unknown) => LogEntry;
  deadLetters: DeadLetters;
  log: Log;
  metrics: MetricsOf<'fanOut'>;
}

/** Rooms of one batch that are fanned out at once. */
const ROOM_CONCURRENCY = 8;

/**
 * Stream of the Messages table → delivery jobs, at least once.
 *
 * Rooms are independent: one that fails does not stop the others. The earliest record of a failed
 * room is reported, and Lambda hands over again everything from there, so that rooms which succeeded
 * may be fanned out twice. A poison record goes to the dead-letter queue with its reason, at once;
 * only if that fails too does it count as a failure.
 */
export function createFanOutHandler(dependencies: FanOutHandlerDependencies) {
  const { rooms, fanOut, queue, limits, readImage, log, metrics } = dependencies;
  const setAside = createSetAside('poison stream record', dependencies);

  return async (event: unknown): Promise<BatchResponse> => {
    const { Records } = streamEventSchema.parse(event);
    const failed = new Set<unknown>();
    const counts = {
      messages: 0,
      sealedHoles: 0,
      owed: 0,
      frames: 0,
      jobs: 0,
      poison: 0,
      left: 0,
      flushed: 0,
      scheduled: 0,
    };
    const members: number[] = [];
    const lines = new Map<string, { message: string; fields: Record<string, unknown> }[]>();

    const byRoom = new Map<string, { record: unknown; entry: LogEntry }[]>();
    for (const record of Records) {
      try {
        const entry = readImage(imageOf(record));
        const group = byRoom.get(entry.roomId);
        if (group === undefined) byRoom.set(entry.roomId, [{ record, entry }]);
        else group.push({ record, entry });
      } catch (error) {
        counts.poison += 1;
        const sequenceNumber = sequenceNumberOf(record);
        await setAside(record, error, { sequenceNumber }).catch(() => failed.add(record));
      }
    }

    const fail = (roomId: string, error: unknown) => {
      const group = byRoom.get(roomId) ?? [];
      log.error('fan-out of a room failed', {
        roomId,
        seqs: group.map(({ entry }) => entry.seq),
        error,
      });
      for (const { record } of group) failed.add(record);
    };

    const states = await rooms.readMany([...byRoom.keys()]);
    const collector = createJobCollector(queue, limits);
    await pLimit(ROOM_CONCURRENCY).map(byRoom, async ([roomId, group]) => {
      try {
        const room = states.get(roomId) ?? emptyRoom(roomId);
        const entries = group.map(({ entry }) => entry);
        let jobs = 0;
        const report = await fanOut(room, entries, (job) => {
          jobs += 1;
          return collector.add(job);
        });
        const { direct, left, seqs, members: reached, frames } = report;
        const about = [];
        if (direct.length > 0) {
          members.push(reached);
          const fields = { roomId, seqs, members: reached, frames, jobs };
          about.push({ message: 'room fanned out', fields });
        }
        if (left.length > 0) {
          about.push({ message: 'left to a flush', fields: { roomId, seqs: spanOf(left) } });
        }
        lines.set(roomId, about);
        const messages = countMessages(entries);
        counts.messages += messages;
        counts.sealedHoles += entries.length - messages;
        counts.owed += countMessages(direct) * reached;
        counts.frames += frames;
        counts.left += left.length;
        counts.flushed += report.flushed;
        counts.scheduled += report.scheduled;
      } catch (error) {
        fail(roomId, error);
      }
    });
    const { jobs, failedRooms } = await collector.close();
    for (const [roomId, error] of failedRooms) {
      lines.delete(roomId);
      fail(roomId, error);
    }
    for (const { message, fields } of [...lines.values()].flat()) log.info(message, fields);
    counts.jobs = jobs;

    const failedRecords = failed.size;
    const reached = members.reduce((sum, count) => sum + count, 0);
    log.info('fanned out', { rooms: byRoom.size, ...counts, members: reached, failedRecords });
    metrics.emit({ ...counts, members, failedRecords });
    const first = Records.findIndex((record) => failed.has(record));
    return {
      batchItemFailures: first < 0 ? [] : [{ itemIdentifier: sequenceNumberOf(Records[first]) }],
    };
  };
}

const countMessages = (entries: readonly LogEntry[]) =>
  entries.filter(({ kind }) => kind === 'message').length;

function imageOf(record: unknown): unknown {
  return streamRecordSchema.safeParse(record).data?.dynamodb.NewImage;
}

/** Empty for a record without one: Lambda then takes the whole batch for failed. */
function sequenceNumberOf(record: unknown): string {
  return numberedRecordSchema.safeParse(record).data?.dynamodb.SequenceNumber ?? '';
}

/** The first and the last number. */
function spanOf(entries: readonly LogEntry[]): readonly [first: number, last: number] {
  const seqs = entries.map(({ seq }) => seq);
  return [Math.min(...seqs), Math.max(...seqs)];
}
