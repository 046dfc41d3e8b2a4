import type { Clock } from '../clock.ts';
import type { QueueReading } from '../engines/queue-readings.ts';
import type { StreamObserver } from '../events/stream-mapping.ts';
import type { MeasureSocket } from '../gateway/socket-measures.ts';
import type { InvocationObserver } from '../lambda/invocation.ts';
import type { Calendar } from './calendar.ts';
import type { ServiceMetrics } from './service-metrics.ts';

/** What the parts of the local runtime tell, each in its own words. */
export interface StandIns {
  invocations: InvocationObserver;
  streams: StreamObserver;
  socket: MeasureSocket;
  queues(readings: readonly QueueReading[]): void;
  stop(): void;
}

/** Queues are measured whether or not anything happens in them; AWS does so every minute. */
const QUEUE_INTERVAL_MS = 1_000;
const READINGS_A_MINUTE_MIN = 4;

/** Turns what the runtime tells into the metrics that the services of AWS would emit. */
export function createStandIns(
  metrics: ServiceMetrics,
  { clock, calendar }: { clock: Clock; calendar: Calendar },
): StandIns {
  let readings: readonly QueueReading[] = [];
  let cancel = () => {};

  function measureQueues(): void {
    for (const { name, visible, notVisible, oldestAt } of readings) {
      metrics.ofQueue(name, 'ApproximateNumberOfMessagesVisible', visible);
      metrics.ofQueue(name, 'ApproximateNumberOfMessagesNotVisible', notVisible);
      const ageMs = oldestAt === undefined ? 0 : Math.max(0, clock.now() - oldestAt);
      const seconds = calendar.inItsMinutes(ageMs) / 1_000;
      metrics.ofQueue(name, 'ApproximateAgeOfOldestMessage', seconds);
    }
  }

  function measureQueuesAgain(): void {
    const delayMs = Math.min(QUEUE_INTERVAL_MS, calendar.minuteMs / READINGS_A_MINUTE_MIN);
    cancel = clock.after(delayMs, () => {
      measureQueues();
      measureQueuesAgain();
    });
  }
  measureQueuesAgain();

  return {
    invocations: {
      began(functionId, concurrent) {
        metrics.ofFunction(functionId, 'ConcurrentExecutions', concurrent);
      },
      ended(functionId, result) {
        metrics.ofFunction(functionId, 'Invocations', 1);
        metrics.ofFunction(functionId, 'Errors', result === 'returned' ? 0 : 1);
        metrics.ofFunction(functionId, 'Throttles', 0);
      },
      throttled: (functionId) => metrics.ofFunction(functionId, 'Throttles', 1),
      lasted: (functionId, durationMs) => metrics.ofFunction(functionId, 'Duration', durationMs),
      usedTables(uses) {
        for (const { tableName, readUnits, writeUnits, readThrottles, writeThrottles } of uses) {
          if (readUnits > 0) metrics.ofTable(tableName, 'ConsumedReadCapacityUnits', readUnits);
          if (writeUnits > 0) metrics.ofTable(tableName, 'ConsumedWriteCapacityUnits', writeUnits);
          if (readThrottles > 0) metrics.ofTable(tableName, 'ReadThrottleEvents', readThrottles);
          if (writeThrottles > 0) metrics.ofTable(tableName, 'WriteThrottleEvents', writeThrottles);
        }
      },
    },
    streams: {
      handedOver(functionId, ageMs) {
        metrics.ofFunction(functionId, 'IteratorAge', calendar.inItsMinutes(ageMs));
      },
      setAside(uuid, records) {
        metrics.ofMapping(uuid, 'OnFailureDestinationDeliveredEventCount', records);
      },
      dropped: (uuid, records) => metrics.ofMapping(uuid, 'DroppedEventCount', records),
    },
    socket: metrics.ofSocket,
    queues(latest) {
      readings = latest;
      measureQueues();
      for (const { name, sent, received, deleted, emptyReceives } of latest) {
        metrics.ofQueue(name, 'NumberOfMessagesSent', sent);
        metrics.ofQueue(name, 'NumberOfMessagesReceived', received);
        metrics.ofQueue(name, 'NumberOfMessagesDeleted', deleted);
        metrics.ofQueue(name, 'NumberOfEmptyReceives', emptyReceives);
      }
    },
    stop: () => cancel(),
  };
}
