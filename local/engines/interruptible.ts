import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

interface Engine {
  endpoint: string;
  stop(): Promise<void>;
}

/** Fault knob: an engine that can be taken away from everybody who uses it, and given back. */
export interface Interruptible {
  /**
   * Stops the engine. Until `resume`, its address cuts every connection: nobody else can get the
   * port meanwhile, and whoever calls learns at once that there is no engine.
   */
  interrupt(): Promise<void>;
  /** Starts the engine again at the same address, with the data that it had acknowledged. */
  resume(): Promise<void>;
}

/** @param start starts the engine on a port, 0 being any free one */
export async function startInterruptible<E extends Engine>(
  start: (port: number) => Promise<E>,
): Promise<E & Interruptible> {
  const first = await start(0);
  const { hostname, port } = new URL(first.endpoint);
  let engine: E | undefined = first;
  let placeholder: Server | undefined;
  let isStopped = false;
  let last = Promise.resolve();

  /** One change after the other, so that a stop in the middle of an interruption finds an end. */
  function inTurn(change: () => Promise<void>): Promise<void> {
    last = last.catch(() => {}).then(change);
    return last;
  }

  async function leaveAddress(): Promise<void> {
    if (placeholder === undefined) return;
    const closed = once(placeholder, 'close');
    placeholder.close();
    placeholder = undefined;
    await closed;
  }

  return {
    ...first,
    interrupt: () =>
      inTurn(async () => {
        if (engine === undefined || isStopped) return;
        await engine.stop();
        engine = undefined;
        placeholder = createServer((socket) => socket.resetAndDestroy());
        placeholder.listen(Number(port), hostname);
        await once(placeholder, 'listening');
      }),
    resume: () =>
      inTurn(async () => {
        // An engine that was stopped for good meanwhile stays away.
        if (engine !== undefined || isStopped) return;
        await leaveAddress();
        engine = await start(Number(port));
      }),
    stop: () =>
      inTurn(async () => {
        isStopped = true;
        await leaveAddress();
        await engine?.stop();
      }),
  };
}
