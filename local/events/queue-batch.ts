import type { Clock } from '../clock.ts';
import type { Invoke } from '../lambda/invocation.ts';
import type { QueueMappingModel } from '../template/model.ts';
import { backoffMs, sleep } from './backoff.ts';
import { invokeSafely, readBatchOutcome } from './batch-response.ts';
import { batchLength, eventBytes } from './batch-size.ts';
import type { QueueRecord, QueueSource } from './queue-source.ts';

export interface QueueBatchDeps {
  mapping: QueueMappingModel;
  queue: QueueSource;
  invoke: Invoke;
  clock: Clock;
  signal: AbortSignal;
  filter(event: unknown): boolean;
  onOutcome(outcome: QueueBatchOutcome): void;
  onProblem(problem: string): void;
}

export interface QueueBatchOutcome {
  done: number;
  /** Left in the queue until their visibility timeout. */
  failed: number;
  /** Deleted because no filter matched. */
  filtered: number;
  /** The function did not take the batch: fewer should be under way. */
  refused: boolean;
}

const REMOVE_ATTEMPTS = 4;

/**
 * Hands received records to the function and deletes those that are done. What failed is left
 * alone: SQS shows it again after the visibility timeout and moves it to the dead-letter queue
 * after the queue's own number of receives. Never rejects.
 */
export async function processQueueBatch(
  received: readonly QueueRecord[],
  deps: QueueBatchDeps,
): Promise<void> {
  const { mapping, queue, clock, signal } = deps;
  const visibleAgainAt = clock.now() + queue.visibilityTimeoutMs;

  const matching = received.filter((record) => deps.filter(filterView(record)));
  const filtered = received.filter((record) => !matching.includes(record));
  await remove(filtered);
  deps.onOutcome({ done: 0, failed: 0, filtered: filtered.length, refused: false });

  let rest = matching.map((record) => ({ record, bytes: eventBytes(record) }));
  while (rest.length > 0 && !signal.aborted) {
    const length = batchLength(rest, mapping.batchSize);
    await deliver(rest.slice(0, length).map(({ record }) => record));
    rest = rest.slice(length);
  }

  async function deliver(records: readonly QueueRecord[]): Promise<void> {
    const outcome = await invokeWhileHidden(records);
    if (outcome.kind === 'all-failed') deps.onProblem(outcome.reason);
    const done = records.filter(
      ({ messageId }) =>
        outcome.kind === 'all-done' ||
        (outcome.kind === 'some-failed' && !outcome.failed.has(messageId)),
    );
    await remove(done);
    deps.onOutcome({
      done: done.length,
      failed: records.length - done.length,
      filtered: 0,
      refused: outcome.kind === 'throttled' || outcome.kind === 'all-failed',
    });
  }

  /** Throttles are waited out while the records are hidden; after that they come back anyway. */
  async function invokeWhileHidden(records: readonly QueueRecord[]) {
    const ids = records.map((record) => record.messageId);
    for (let throttles = 1; ; throttles += 1) {
      const result = await invokeSafely(deps.invoke, mapping.functionId, { Records: records });
      const outcome = readBatchOutcome(result, mapping.reportBatchItemFailures, ids);
      const delayMs = backoffMs(throttles);
      const tooLate = clock.now() + delayMs >= visibleAgainAt;
      if (outcome.kind !== 'throttled' || tooLate || signal.aborted) return outcome;
      await sleep(clock, delayMs, signal);
      if (signal.aborted) return outcome;
    }
  }

  /** A record that is done but not deleted is delivered once more, so this tries again for a while. */
  async function remove(records: readonly QueueRecord[]): Promise<void> {
    if (records.length === 0) return;
    const handles = records.map((record) => record.receiptHandle);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await queue.remove(handles);
        return;
      } catch (error) {
        deps.onProblem(`cannot delete ${handles.length} records: ${String(error)}`);
        if (attempt === REMOVE_ATTEMPTS || signal.aborted) return;
        await sleep(clock, backoffMs(attempt), signal);
      }
    }
  }
}

/** Filters see the body as JSON when it is an object or a list, else as text. */
function filterView(record: QueueRecord): unknown {
  try {
    const body: unknown = JSON.parse(record.body);
    return typeof body === 'object' && body !== null ? { ...record, body } : record;
  } catch {
    return record;
  }
}
