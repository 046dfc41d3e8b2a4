import type { QueueRecord, QueueSource } from '../../../../local/events/queue-source.ts';
import type { QueueMappingModel } from '../../../../local/template/model.ts';
import type { FakeClock } from './fake-clock.ts';

export const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:delivery';
export const VISIBILITY_TIMEOUT_MS = 30_000;

export function queueMapping(overrides: Partial<QueueMappingModel> = {}): QueueMappingModel {
  return {
    id: 'queue-to-deliver',
    functionId: 'deliver',
    queueId: 'delivery',
    batchSize: 10,
    batchWindowMs: 0,
    reportBatchItemFailures: true,
    filters: [],
    ...overrides,
  };
}

export function bodies(records: readonly QueueRecord[]): string {
  return records.map((record) => record.body).join(' ');
}

/** A queue in memory with long polls, visibility and receive counts; time is the clock's. */
export function createMemoryQueue(clock: FakeClock) {
  const messages: { id: string; body: string; visibleAt: number; receives: number }[] = [];
  const waiters = new Set<() => void>();
  let failures = 0;
  let removeFailures = 0;
  let sends = 0;
  let openPolls = 0;
  let mostOpenPolls = 0;

  function take(max: number): QueueRecord[] {
    const visible = messages.filter((message) => message.visibleAt <= clock.now()).slice(0, max);
    return visible.map((message) => {
      message.visibleAt = clock.now() + VISIBILITY_TIMEOUT_MS;
      message.receives += 1;
      return {
        messageId: message.id,
        receiptHandle: `${message.id}-${message.receives}`,
        body: message.body,
        attributes: { ApproximateReceiveCount: String(message.receives) },
        messageAttributes: {},
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: QUEUE_ARN,
        awsRegion: 'eu-west-1',
      };
    });
  }

  const source: QueueSource = {
    visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
    async receive(max, waitMs, signal) {
      if (failures > 0) {
        failures -= 1;
        throw new Error('connect ECONNREFUSED');
      }
      const now = take(max);
      if (now.length > 0 || waitMs === 0 || signal.aborted) return now;
      openPolls += 1;
      mostOpenPolls = Math.max(mostOpenPolls, openPolls);
      await new Promise<void>((resolve) => {
        const end = () => {
          cancel();
          cancelReappear();
          waiters.delete(end);
          signal.removeEventListener('abort', end);
          resolve();
        };
        const cancel = clock.after(waitMs, end);
        const next = Math.min(...messages.map((message) => message.visibleAt));
        const cancelReappear = Number.isFinite(next)
          ? clock.after(next - clock.now(), end)
          : () => {};
        waiters.add(end);
        signal.addEventListener('abort', end);
      });
      openPolls -= 1;
      return signal.aborted ? [] : take(max);
    },
    async remove(receiptHandles) {
      if (removeFailures > 0) {
        removeFailures -= 1;
        throw new Error('connect ECONNREFUSED');
      }
      for (const handle of receiptHandles) {
        const index = messages.findIndex(({ id, receives }) => `${id}-${receives}` === handle);
        if (index >= 0) messages.splice(index, 1);
      }
    },
  };

  return {
    source,
    send(...added: string[]) {
      for (const body of added) {
        sends += 1;
        messages.push({ id: `m${sends}`, body, visibleAt: clock.now(), receives: 0 });
      }
      for (const end of [...waiters]) end();
    },
    left: () => messages.map((message) => message.body),
    openPolls: () => openPolls,
    mostOpenPolls: () => mostOpenPolls,
    failNextReceives(calls: number) {
      failures = calls;
    },
    failNextRemoves(calls: number) {
      removeFailures = calls;
    },
  };
}
