import { hasName, isTransient } from '../../../shared/aws/sdk-errors.ts';
import { anSdkError } from '../../support/fake-sdk-client.ts';

/** What becomes of one request to a simulated service. */
export type RequestFate =
  | 'ok'
  /** No effect: the service is overloaded. */
  | 'throttle'
  /** No effect: a 500. */
  | 'fail-before'
  /** No effect and no answer. */
  | 'lose-request'
  /** The effect, and no answer. */
  | 'lose-reply'
  /** No effect: a transaction is in the way. Single writes and transactions only. */
  | 'conflict'
  /** A batch: the first half is carried out, the rest goes back. Everything else is carried out. */
  | 'partial'
  /** A read that is not strongly consistent sees what stood there before the last write. */
  | 'stale'
  /** No answer, and the effect only when `arrives` is settled: the request outlives its caller. */
  | { arrives: Promise<unknown> }
  /** No effect, and this answer, or this error. */
  | { answer: object }
  | { error: Error };

export interface RequestInfo {
  input: Record<string, unknown>;
  /** From 1. The SDK repeats by itself what may pass. */
  attempt: number;
}

/**
 * The seam of the simulation: called for every request, with its operation as the API names it
 * (`PutItem`, `SendMessageBatch`). The request takes effect when the promise resolves; a caller
 * whose environment has crashed meanwhile is a promise that never does.
 */
export type Turn = (name: string, info: RequestInfo) => Promise<RequestFate>;

/** How far a service carries a request out. */
export type Thoroughness = 'ok' | 'partial' | 'stale';

/** A service behind its clients: carries out one request, at once. Throws what the SDK throws. */
export interface SimulatedService {
  /** What the SDK adds to a request before its first attempt. */
  prepare(operation: string, input: Record<string, unknown>): Record<string, unknown>;
  perform(operation: string, input: Record<string, unknown>, how: Thoroughness): object;
  /** The name of the error by which this service says that it is overloaded. */
  readonly throttlingError: string;
  /** What it answers where a transaction is in the way. */
  conflict(operation: string, input: Record<string, unknown>): Error;
}

/** As the functions configure their clients (`maxAttempts`). */
export const SDK_ATTEMPTS = 2;

interface SdkCommand {
  constructor: { name: string };
  input: Record<string, unknown>;
}

/**
 * A client as the adapters use it, which is by `send` alone: the cast is the seam. It repeats as the
 * SDK does; every attempt is a request of its own, and so has a turn of its own.
 *
 * @param operationOf the API's name of an operation, by that of the command without `Command`
 */
export function createSimulatedClient<Client>(
  service: SimulatedService,
  turn: Turn,
  operationOf: (commandName: string) => string,
  maxAttempts = SDK_ATTEMPTS,
): Client {
  const client = {
    async send(
      { constructor: { name }, input: given }: SdkCommand,
      { abortSignal }: { abortSignal?: AbortSignal } = {},
    ): Promise<object> {
      const operation = operationOf(name.replace(/Command$/, ''));
      const input = service.prepare(operation, given);
      for (let attempt = 1; ; attempt += 1) {
        if (abortSignal?.aborted) throw anSdkError('AbortError');
        const turned = turn(operation, { input, attempt });
        const carriedOut = turned.then((fate) => carryOut(service, operation, input, fate));
        try {
          return await (abortSignal === undefined ? carriedOut : unless(abortSignal, carriedOut));
        } catch (error) {
          if (attempt >= maxAttempts || !isRepeatedBySdk(error)) throw error;
        }
      }
    },
    destroy() {},
  };
  return client as unknown as Client;
}

/** A request that its caller gives up is on its way all the same. */
async function unless<T>(signal: AbortSignal, request: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(anSdkError('AbortError'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([request, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function carryOut(
  service: SimulatedService,
  operation: string,
  input: Record<string, unknown>,
  fate: RequestFate,
): object {
  switch (fate) {
    case 'ok':
    case 'partial':
    case 'stale':
      return service.perform(operation, input, fate);
    case 'throttle':
      throw anSdkError(service.throttlingError, 400);
    case 'fail-before':
      throw anSdkError('InternalServerError', 500);
    case 'conflict':
      throw service.conflict(operation, input);
    case 'lose-request':
      throw noAnswer();
    case 'lose-reply':
      attempt(() => service.perform(operation, input, 'ok'));
      throw noAnswer();
    default:
      if ('error' in fate) throw fate.error;
      if ('answer' in fate) return fate.answer;
      void fate.arrives.then(() => attempt(() => service.perform(operation, input, 'ok')));
      throw noAnswer();
  }
}

const noAnswer = () => anSdkError('TimeoutError', undefined, 'The service did not answer in time.');

/** Whether it succeeds or fails: nobody hears of it. */
function attempt(act: () => unknown): void {
  try {
    act();
  } catch {
    // The answer is lost, and this was it.
  }
}

/** The SDK leaves conflicts to its caller, and ends when its caller says so. */
const isRepeatedBySdk = (error: unknown) =>
  isTransient(error) && !hasName(error, 'TransactionConflictException', 'AbortError');
