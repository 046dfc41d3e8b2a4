import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { receiveSome } from '../support/receive-jobs.ts';
import { anSqsEvent, anSqsRecord } from '../support/sqs-events.ts';
import { loadBuiltHandler, PATIENT_CONTEXT } from './built-handler.ts';

interface BatchResponse {
  batchItemFailures: unknown[];
}

export interface BothLevels {
  /**
   * Fans one event of the stream out, and beside that, if its room is large enough for parts, these,
   * one after the other.
   *
   * @returns how long each invocation took, in milliseconds
   */
  fanOut(event: unknown, inParts: boolean): Promise<number[]>;
  /** How many invocations failed and were repeated so far. */
  repetitions(): number;
  stop(): void;
}

const ATTEMPTS = 6;

/** `2-fan-out`, and the function that does its parts, out of the bundles that are deployed. */
export async function loadBothLevels(environment: Record<string, string>): Promise<BothLevels> {
  const first = await loadBuiltHandler<unknown, BatchResponse>(
    'services/messages/2-fan-out',
    environment,
  );
  const second = await loadBuiltHandler<SQSEvent, SQSBatchResponse>(
    'services/messages/flush',
    environment,
  );
  const sqs = new SQSClient({});
  let repetitions = 0;

  /** As the mappings do, what failed is repeated: a busy machine may not answer in its second. */
  async function timed(invoke: () => Promise<BatchResponse>): Promise<number> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const startedAt = performance.now();
      const { batchItemFailures } = await invoke();
      if (batchItemFailures.length === 0) return performance.now() - startedAt;
      repetitions += 1;
    }
    throw new Error(`The fan-out failed ${ATTEMPTS} times in a row.`);
  }

  return {
    async fanOut(event, inParts) {
      let isDone = false;
      const times: number[] = [];
      const ofFirst = timed(() => first(event, PATIENT_CONTEXT)).finally(() => {
        isDone = true;
      });
      // Begun while the first is still at work, as the poller of the queue would.
      for (let isEmpty = !inParts; !isEmpty; ) {
        const wasDone = isDone;
        const parts = await receiveSome(sqs, environment.FLUSH_QUEUE_URL ?? '', 1);
        isEmpty = wasDone && parts.length === 0;
        for (const body of parts) {
          const part = anSqsEvent(anSqsRecord(body));
          times.push(await timed(() => second(part, PATIENT_CONTEXT)));
        }
      }
      return [await ofFirst, ...times];
    },
    repetitions: () => repetitions,
    stop: () => sqs.destroy(),
  };
}
