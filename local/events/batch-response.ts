import type { Invoke, InvokeResult } from '../lambda/invocation.ts';

/** What became of a batch that was handed to a function. */
export type BatchOutcome =
  | { kind: 'all-done' }
  /** The function named these items as failed; each is part of the batch. */
  | { kind: 'some-failed'; failed: Set<string> }
  | { kind: 'all-failed'; reason: string; functionError: boolean }
  /** Not attempted: the function was at its concurrency limit. */
  | { kind: 'throttled' };

/** Invokes; an invoker that itself fails counts as a function error, so that items are retried. */
export async function invokeSafely(
  invoke: Invoke,
  functionId: string,
  payload: unknown,
): Promise<InvokeResult> {
  try {
    return await invoke(functionId, payload);
  } catch (error) {
    return {
      status: 'function-error',
      cause: 'crash',
      errorType: 'InvokeFailed',
      message: String(error),
    };
  }
}

/**
 * Reads a function's answer to a batch with the ids `itemIds`.
 *
 * Without ReportBatchItemFailures every answer is a success. With it, nothing, `{}`, and an empty or
 * null list are success; anything malformed, an empty id, and an id that is not in the batch fail
 * the whole batch, so that a broken report never loses an item.
 */
export function readBatchOutcome(
  result: InvokeResult,
  reportBatchItemFailures: boolean,
  itemIds: Iterable<string>,
): BatchOutcome {
  if (result.status === 'throttled') return { kind: 'throttled' };
  if (result.status === 'function-error') {
    const reason = `${result.cause}: ${result.errorType}: ${result.message}`;
    return { kind: 'all-failed', reason, functionError: true };
  }
  if (!reportBatchItemFailures) return { kind: 'all-done' };
  return readReport(result.payload, new Set(itemIds));
}

function readReport(payload: unknown, known: Set<string>): BatchOutcome {
  if (payload === null || payload === '') return { kind: 'all-done' };
  if (typeof payload !== 'object' || Array.isArray(payload)) return malformed('is no object');

  const failures = (payload as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return { kind: 'all-done' };
  if (!Array.isArray(failures)) return malformed('batchItemFailures is no list');
  if (failures.length === 0) return { kind: 'all-done' };

  const failed = new Set<string>();
  for (const failure of failures as unknown[]) {
    const id = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    if (typeof id !== 'string' || id === '') return malformed('an itemIdentifier is missing');
    if (!known.has(id)) return malformed(`itemIdentifier "${id}" is not in the batch`);
    failed.add(id);
  }
  return { kind: 'some-failed', failed };
}

function malformed(what: string): BatchOutcome {
  return {
    kind: 'all-failed',
    reason: `The function's batch response is malformed: ${what}`,
    functionError: false,
  };
}
