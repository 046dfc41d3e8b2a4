import type { Clock } from '../index.ts';

export interface Throttle {
  /** Calls at once if the last call is long enough ago, or else as soon as it is. */
  call(): void;
  /** What was put off is called off. */
  stop(): void;
}

/** However often it is asked to, it calls no more than once per interval; nothing that is alone waits. */
export function createThrottle(
  { after }: Pick<Clock, 'after'>,
  intervalMs: number,
  callback: () => void,
): Throttle {
  let cancel: (() => void) | undefined;
  let isDue = false;

  function run(): void {
    isDue = false;
    cancel = after(intervalMs, () => {
      cancel = undefined;
      if (isDue) run();
    });
    callback();
  }

  return {
    call() {
      if (cancel === undefined) run();
      else isDue = true;
    },
    stop() {
      cancel?.();
      isDue = false;
    },
  };
}
