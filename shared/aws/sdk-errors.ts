import { ChatError, unavailable } from '../domain/errors.ts';

/** The only place that knows how the SDK reports errors: by name and by HTTP status. */

interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number };
}

export function statusOf(error: unknown): number | undefined {
  return (error as SdkError | undefined)?.$metadata?.httpStatusCode;
}

export function hasName(error: unknown, ...names: string[]): boolean {
  return names.includes((error as SdkError | undefined)?.name ?? '');
}

const OVERLOAD_ERRORS = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'LimitExceededException',
  'OverLimit',
  'RequestThrottled',
  'TransactionConflictException',
  'TransactionInProgressException',
  'InternalServerError',
  'ServiceUnavailable',
];

const THROTTLING_ERRORS = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
];

const NETWORK_ERRORS = ['TimeoutError', 'RequestTimeout', 'AbortError', 'NetworkingError'];

const NETWORK_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
];

/** Whether the same call may succeed later: overload, a 5xx, or no answer at all. */
export function isTransient(error: unknown): boolean {
  if (hasName(error, ...OVERLOAD_ERRORS, ...NETWORK_ERRORS)) return true;
  const status = statusOf(error);
  if (status !== undefined) return status >= 500 || status === 429;
  return NETWORK_CODES.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

interface CancelledTransaction {
  CancellationReasons?: { Code?: string; Item?: unknown }[];
}

/** Why each item of a cancelled transaction was refused, in their order; empty for any other error. */
export function cancellationReasonsOf(error: unknown): { code: string; item: unknown }[] {
  if (!hasName(error, 'TransactionCanceledException')) return [];
  const { CancellationReasons = [] } = error as CancelledTransaction;
  return CancellationReasons.map(({ Code = 'None', Item }) => ({ code: Code, item: Item }));
}

export function failedCondition(error: unknown): boolean {
  return (
    hasName(error, 'ConditionalCheckFailedException') ||
    cancellationReasonsOf(error).some(({ code }) => code === 'ConditionalCheckFailed')
  );
}

export const TRANSACTION_CONFLICT = 'TransactionConflict';
export const TRANSACTION_THROTTLING = ['ThrottlingError', 'ProvisionedThroughputExceeded'];

/**
 * {@link isTransient}, and of a transaction whether it was cancelled for nothing else: one reason that
 * does not pass, and trying again is in vain: a bug, or a limit of the table.
 */
export function mayPass(error: unknown): boolean {
  const codes = cancellationReasonsOf(error).flatMap(({ code }) => (code === 'None' ? [] : [code]));
  if (codes.length === 0) return isTransient(error);
  return codes.every(
    (code) => code === TRANSACTION_CONFLICT || TRANSACTION_THROTTLING.includes(code),
  );
}

interface ThrottlingError {
  /** `ThrottlingException` and the older errors spell it differently. */
  throttlingReasons?: { reason?: string }[];
  ThrottlingReasons?: { reason?: string }[];
}

/**
 * Whether DynamoDB throttles what is asked of one key, as of the row or the log of one busy room. A
 * whole table or account that is throttled says so; where no reason is given, it is the key, since
 * tables are on demand.
 */
export function isHotKey(error: unknown): boolean {
  if (!hasName(error, ...THROTTLING_ERRORS)) return false;
  const { throttlingReasons, ThrottlingReasons } = error as ThrottlingError;
  const reasons = throttlingReasons ?? ThrottlingReasons ?? [];
  return (
    reasons.length === 0 ||
    reasons.some(({ reason = '' }) => reason.endsWith('KeyRangeThroughputExceeded'))
  );
}

/**
 * Runs one call of a service. What may pass becomes `UNAVAILABLE`, which the client may retry; what
 * is broken is thrown as it is.
 */
export async function reach<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ChatError || !mayPass(error)) throw error;
    throw unavailable(`${what} is busy; try again shortly.`, error);
  }
}
