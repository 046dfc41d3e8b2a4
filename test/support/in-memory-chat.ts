import { createLogReader } from '../../shared/domain/log-reader.ts';
import { type Calls, createCalls } from './calls.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeCloser } from './fake-closer.ts';
import { createFakePoster } from './fake-poster.ts';
import { createInMemoryConnections } from './in-memory-connections.ts';
import { createInMemoryLog } from './in-memory-log.ts';
import { createInMemoryMemberships } from './in-memory-memberships.ts';
import { createInMemoryMessageStore } from './in-memory-message-store.ts';
import {
  createInMemoryDeadLetters,
  createInMemoryDeliveryQueue,
  createInMemoryRoomJobs,
} from './in-memory-queues.ts';
import { createInMemoryRooms } from './in-memory-rooms.ts';
import { DAY_MS } from './log-entries.ts';
import { createMessageIds } from './message-ids.ts';
import { createRecordingLog } from './recording-log.ts';
import { createRecordingMetrics } from './recording-metrics.ts';

interface InMemoryChatOptions {
  clock?: FakeClock;
  calls?: Calls;
  retentionMs?: number;
}

export type InMemoryChat = ReturnType<typeof createInMemoryChat>;

/** The whole outside world of the use cases, in memory, on one clock. */
export function createInMemoryChat(options: InMemoryChatOptions = {}) {
  const { clock = createFakeClock(), calls = createCalls(), retentionMs = 30 * DAY_MS } = options;
  const log = createInMemoryLog({ calls });
  const rooms = createInMemoryRooms({ clock, calls, retentionMs });
  const memberships = createInMemoryMemberships({ clock, calls });
  return {
    clock,
    calls,
    retentionMs,
    log,
    rooms,
    sequencer: rooms,
    pacings: rooms,
    jobs: createInMemoryRoomJobs(calls),
    newJobId: createMessageIds(),
    memberships,
    store: createInMemoryMessageStore({ log, clock, calls }),
    connections: createInMemoryConnections(calls),
    queue: createInMemoryDeliveryQueue(calls),
    deadLetters: createInMemoryDeadLetters(calls),
    reader: createLogReader({ log, clock, retentionMs }),
    poster: createFakePoster(),
    closer: createFakeCloser(),
    newMessageId: createMessageIds(),
    /** Nothing takes time here, unless a test says so. */
    expireIn: (_ms: number) => new AbortController().signal,
    logger: createRecordingLog(),
    metrics: createRecordingMetrics(),

    /** Makes connections members of a room, without a trace among the calls of the test. */
    async admit(roomId: string, ...connectionIds: string[]) {
      for (const connectionId of connectionIds) {
        const times = { joinedAt: clock.now(), expiresAt: clock.now() + 2 * 60 * 60 * 1000 };
        const member = { connectionId, userId: `user-of-${connectionId}`, roomId, ...times };
        await memberships.join(member, rooms.get(roomId).shardCount);
      }
    },
  };
}
