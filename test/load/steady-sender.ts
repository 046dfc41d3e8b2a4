import { WebSocket } from 'ws';
import { ChatClient } from '../../client/index.ts';

/** Somebody who keeps talking, with the real library. */
export interface SteadySender {
  /** Numbers of the messages that were acknowledged, ascending once stopped. */
  readonly acknowledged: readonly number[];
  /** Resolves when the first message is stored. */
  start(): Promise<void>;
  /** Resolves with all numbers when the last message is stored. */
  stop(): Promise<number[]>;
  close(): void;
}

export interface SteadySenderOptions {
  url: string;
  roomId: string;
  /** Messages per second. */
  rate: number;
  maxAgeMs?: number;
}

export function createSteadySender(options: SteadySenderOptions): SteadySender {
  const { url, roomId, rate, maxAgeMs = 7_200_000 } = options;
  const client = new ChatClient({ url, userId: 'sender', WebSocket, maxAgeMs, sendsInFlight: 10 });
  const room = client.room(roomId);
  const acknowledged: number[] = [];
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let count = 0;

  function send(): Promise<void> {
    count += 1;
    const stored = room.send(`message ${count}`).then(({ seq }) => {
      acknowledged.push(seq);
    });
    underWay.add(stored);
    return stored.finally(() => underWay.delete(stored));
  }

  return {
    acknowledged,
    async start() {
      void client.connect();
      await send();
      timer = setInterval(() => void send().catch(() => {}), 1_000 / rate);
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      return acknowledged.sort((a, b) => a - b);
    },
    close() {
      clearInterval(timer);
      client.close();
    },
  };
}
