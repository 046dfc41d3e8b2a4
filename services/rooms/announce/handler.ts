import pLimit from 'p-limit';
import * as z from 'zod';
import type {
  DeliveryJob,
  DeliveryQueue,
  MembershipChange,
  Rooms,
} from '../../../shared/domain/ports.ts';
import { emptyRoom, type Room } from '../../../shared/domain/room.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { MetricsOf } from '../../../shared/lambda/metrics.ts';

/** What every stream record has; what it tells is judged one by one. */
const streamEventSchema = z.object({
  Records: z.array(
    z.looseObject({
      dynamodb: z.looseObject({
        SequenceNumber: z.string().min(1),
        /** In seconds, as DynamoDB gives it. */
        ApproximateCreationDateTime: z.number(),
      }),
    }),
  ),
});

type StreamRecord = z.infer<typeof streamEventSchema>['Records'][number];

export interface AnnounceHandlerDependencies {
  rooms: Pick<Rooms, 'readMany'>;
  announce: (
    room: Room,
    changes: readonly MembershipChange[],
    causedAt: number,
  ) => Promise<DeliveryJob | undefined>;
  /** @throws for a record that tells of no coming or going. */
  readChange: (record: unknown) => MembershipChange;
  queue: DeliveryQueue;
  log: Log;
  metrics: MetricsOf<'announce'>;
}

/** Rooms of one batch that are announced at once. */
const ROOM_CONCURRENCY = 8;

/**
 * Membership stream → presence pushes, best effort, one per room and batch.
 *
 * A room that fails does not stop the others. The earliest record of a failed room is reported, and
 * Lambda hands over again everything from there, so that some rooms are told twice, which changes
 * nothing. What still fails after that is dropped: presence heals with the next change, and clients
 * can ask. A record that cannot be read is dropped at once, for nobody would want it later.
 */
export function createAnnounceHandler(dependencies: AnnounceHandlerDependencies) {
  const { rooms, announce, readChange, queue, log, metrics } = dependencies;

  return async (event: unknown) => {
    const { Records } = streamEventSchema.parse(event);
    const readable = Records.flatMap((record) => {
      const change = readOrDrop(record);
      return change === undefined ? [] : [{ record, change }];
    });
    const byRoom = Map.groupBy(readable, ({ change }) => change.roomId);
    const states = await rooms.readMany([...byRoom.keys()]);

    const jobs: DeliveryJob[] = [];
    const failed = new Set<StreamRecord>();
    let failedRooms = 0;
    await pLimit(ROOM_CONCURRENCY).map(byRoom, async ([roomId, group]) => {
      try {
        const changes = group.map(({ change }) => change);
        const causedAt = Math.min(...group.map(({ record }) => createdAtMs(record)));
        const job = await announce(states.get(roomId) ?? emptyRoom(roomId), changes, causedAt);
        if (job !== undefined) jobs.push(job);
      } catch (error) {
        log.warn('presence of a room was not announced', { roomId, error });
        failedRooms += 1;
        for (const { record } of group) failed.add(record);
      }
    });
    await queue.send(jobs);

    const counts = {
      pushes: jobs.length,
      failedRooms,
      unreadable: Records.length - readable.length,
    };
    log.info('announced', { rooms: byRoom.size, changes: readable.length, ...counts });
    metrics.emit(counts);
    const first = Records.find((record) => failed.has(record));
    return {
      batchItemFailures:
        first === undefined ? [] : [{ itemIdentifier: first.dynamodb.SequenceNumber }],
    };
  };

  function readOrDrop(record: StreamRecord): MembershipChange | undefined {
    try {
      return readChange(record);
    } catch (error) {
      const { SequenceNumber } = record.dynamodb;
      log.error('membership record dropped', { sequenceNumber: SequenceNumber, error });
      return undefined;
    }
  }
}

const createdAtMs = ({ dynamodb }: StreamRecord) => dynamodb.ApproximateCreationDateTime * 1_000;
