import { createQueueMapping } from '../../../../local/events/queue-mapping.ts';
import type { QueueRecord } from '../../../../local/events/queue-source.ts';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import type { QueueMappingModel } from '../../../../local/template/model.ts';
import type { FakeClock } from './fake-clock.ts';
import { bodies, createMemoryQueue, queueMapping } from './queue-fixtures.ts';
import { done } from './stream-fixtures.ts';

export type Respond = (records: QueueRecord[], n: number) => InvokeResult | Promise<InvokeResult>;

/** A queue mapping over a queue in memory, whose function answers as the test says. */
export function setUpQueueMapping(
  clock: FakeClock,
  overrides: Partial<QueueMappingModel> = {},
  respond: Respond = () => done,
  concurrencyCap?: number,
) {
  const queue = createMemoryQueue(clock);
  const invoked: string[] = [];
  const problems: string[] = [];
  const mapping = createQueueMapping({
    mapping: queueMapping(overrides),
    queue: queue.source,
    clock,
    ...(concurrencyCap !== undefined && { concurrencyCap }),
    async invoke(_, payload) {
      const { Records } = payload as { Records: QueueRecord[] };
      invoked.push(bodies(Records));
      return respond(Records, invoked.length);
    },
    onProblem: (problem) => problems.push(problem),
  });
  return { mapping, queue, invoked, problems };
}

/** `prefix1`, `prefix2`, … */
export const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);
