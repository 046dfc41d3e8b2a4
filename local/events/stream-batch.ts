import type { Clock } from '../clock.ts';
import type { Invoke } from '../lambda/invocation.ts';
import type { StreamMappingModel } from '../template/model.ts';
import { backoffMs, sleep } from './backoff.ts';
import { invokeSafely, readBatchOutcome } from './batch-response.ts';
import type { GiveUpCondition } from './failure-record.ts';
import type { StreamRecord } from './stream-record.ts';

export interface StreamBatchDeps {
  mapping: StreamMappingModel;
  invoke: Invoke;
  clock: Clock;
  /** Aborts when the mapping stops: a running invocation is awaited, nothing new is started. */
  signal: AbortSignal;
  /** These records are dealt with, in order, and are never handed over again. */
  onFinished(records: readonly StreamRecord[]): void;
  /** Tells the onFailure destination; resolves to false when the mapping stopped before that was done. */
  onGivenUp(batch: AbandonedBatch): Promise<boolean>;
  onProblem(problem: string): void;
}

export interface AbandonedBatch {
  records: readonly StreamRecord[];
  condition: GiveUpCondition;
  invokeCount: number;
  functionError: boolean;
}

interface Piece {
  records: readonly StreamRecord[];
  /** Attempts that count against the mapping's limit. */
  attempts: number;
  invokeCount: number;
  functionError: boolean;
}

/**
 * Hands one batch of a shard to the function until each of its records is done or given up. Nothing
 * behind it in its lane runs meanwhile: that is what keeps a shard in order, and what makes a poison
 * record expensive.
 *
 * - A throttle is waited out and is no attempt.
 * - A report of failed items makes the lowest of them the checkpoint; from there on all is retried.
 * - With bisect on, a batch that failed as a whole is retried in halves, which is no attempt; a
 *   report that moved the checkpoint is such a split, at the reported record.
 * - Records beyond the maximum age are given up before an attempt, the rest goes on.
 */
export async function processStreamBatch(
  records: readonly StreamRecord[],
  deps: StreamBatchDeps,
): Promise<void> {
  const { mapping, clock, signal } = deps;
  const pieces: Piece[] = [{ records, attempts: 0, invokeCount: 0, functionError: false }];

  for (let piece = pieces.shift(); piece && !signal.aborted; piece = pieces.shift()) {
    const expired = expiredCount(piece.records, mapping.maxRecordAgeMs, clock.now());
    if (expired > 0) {
      pieces.unshift({ ...piece, records: piece.records.slice(expired) });
      await giveUp({ ...piece, records: piece.records.slice(0, expired) }, 'RecordAgeExceeded');
    } else if (piece.records.length > 0) {
      pieces.unshift(...(await attempt(piece)));
    }
  }

  /** Invokes once. Returns what is left to do of the piece, in order. */
  async function attempt(piece: Piece): Promise<Piece[]> {
    const outcome = await invokeUnthrottled(piece.records);
    if (outcome.kind === 'throttled') return [];
    if (outcome.kind === 'all-done') {
      deps.onFinished(piece.records);
      return [];
    }

    const failedAt =
      outcome.kind === 'some-failed' ? firstFailed(piece.records, outcome.failed) : 0;
    if (failedAt > 0) deps.onFinished(piece.records.slice(0, failedAt));
    const rest: Piece = {
      records: piece.records.slice(failedAt),
      attempts: piece.attempts,
      invokeCount: piece.invokeCount + 1,
      functionError: outcome.kind === 'all-failed' && outcome.functionError,
    };
    if (outcome.kind === 'all-failed') deps.onProblem(outcome.reason);

    if (mapping.bisectOnError && failedAt > 0) return [rest];
    if (mapping.bisectOnError && rest.records.length > 1) return halves(rest);

    rest.attempts += 1;
    if (mapping.maxRetryAttempts >= 0 && rest.attempts > mapping.maxRetryAttempts) {
      await giveUp(rest, 'RetryAttemptsExhausted');
      return [];
    }
    await sleep(clock, backoffMs(rest.attempts), signal);
    return [rest];
  }

  async function invokeUnthrottled(batch: readonly StreamRecord[]) {
    const ids = batch.map((record) => record.dynamodb.SequenceNumber);
    for (let throttles = 1; ; throttles += 1) {
      const result = await invokeSafely(deps.invoke, mapping.functionId, { Records: batch });
      const outcome = readBatchOutcome(result, mapping.reportBatchItemFailures, ids);
      if (outcome.kind !== 'throttled' || signal.aborted) return outcome;
      await sleep(clock, backoffMs(throttles), signal);
      if (signal.aborted) return outcome;
    }
  }

  async function giveUp(piece: Piece, condition: GiveUpCondition): Promise<void> {
    const { records, invokeCount, functionError } = piece;
    const told = await deps.onGivenUp({ records, condition, invokeCount, functionError });
    if (told) deps.onFinished(records);
  }
}

/** Number of leading records older than `maxAgeMs`; records come in order of their age. */
function expiredCount(records: readonly StreamRecord[], maxAgeMs: number, nowMs: number): number {
  if (maxAgeMs < 0) return 0;
  const young = records.findIndex(
    ({ dynamodb }) => nowMs - dynamodb.ApproximateCreationDateTime * 1000 <= maxAgeMs,
  );
  return young < 0 ? records.length : young;
}

function firstFailed(records: readonly StreamRecord[], failed: Set<string>): number {
  return records.findIndex((record) => failed.has(record.dynamodb.SequenceNumber));
}

function halves(piece: Piece): Piece[] {
  const middle = Math.ceil(piece.records.length / 2);
  return [
    { ...piece, records: piece.records.slice(0, middle) },
    { ...piece, records: piece.records.slice(middle) },
  ];
}
