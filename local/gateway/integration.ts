import type { Clock } from '../clock.ts';
import type { Invoke, InvokeResult } from '../lambda/invocation.ts';

export type IntegrationResult = InvokeResult | { status: 'timed-out' };

/**
 * Invokes a function and waits for at most `timeoutMs`. A function that is late goes on running, as on
 * AWS, and its result is dropped. Never rejects: an invoker that does is reported as a crash.
 */
export type Integrate = (
  functionId: string,
  payload: unknown,
  timeoutMs: number,
) => Promise<IntegrationResult>;

export function createIntegrate(invoke: Invoke, clock: Clock): Integrate {
  async function run(functionId: string, payload: unknown): Promise<InvokeResult> {
    try {
      return await invoke(functionId, payload);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { status: 'function-error', cause: 'crash', errorType: 'Error', message };
    }
  }

  return (functionId, payload, timeoutMs) =>
    new Promise((resolve) => {
      const cancel = clock.after(timeoutMs, () => resolve({ status: 'timed-out' }));
      void run(functionId, payload).then((result) => {
        cancel();
        resolve(result);
      });
    });
}
