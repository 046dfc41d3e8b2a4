import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { ChatClient, type Room } from '../../client/index.ts';
import { type ChatMember, openMember } from '../support/chat-member.ts';
import { observeSockets } from '../support/observed-sockets.ts';
import { compareShown, type Shown } from './tally.ts';

export interface StormOptions {
  /** `ws://…/live` */
  url: string;
  clients: number;
  rooms: number;
  /** Stored in each room while everybody is away. */
  messages: number;
  onProgress: (line: string) => void;
}

export interface StormReport extends Shown {
  clients: number;
  rooms: number;
  /** From the cut until the last client is live again and has been shown everything. */
  secondsToRecover: number;
  attempts: number;
  attemptsPerClient: number;
  /** Attempts that did not open a connection, by the status of the answer. */
  refused: Readonly<Record<string, number>>;
}

const CONNECTS_PER_SECOND = 150;
const PATIENCE_MS = 5 * 60_000;

/** Cuts all clients off at one moment, stores messages meanwhile, and waits until all are back. */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  const { url, onProgress } = options;
  const run = Date.now().toString(36);
  const roomIds = Array.from({ length: options.rooms }, (_, index) => `storm-${run}-${index}`);
  const sockets = observeSockets();
  const members: ChatMember[] = [];
  const clients: ChatClient[] = [];

  async function enterAll(): Promise<void> {
    for (let index = 0; index < options.clients; index += CONNECTS_PER_SECOND) {
      const pause = delay(1_000);
      const batch = Math.min(CONNECTS_PER_SECOND, options.clients - index);
      const entering = Array.from({ length: batch }, (_, offset) =>
        openClient(index + offset).room.ready(),
      );
      await Promise.all(entering);
      onProgress(`${members.length} clients are live`);
      await pause;
    }
  }

  function openClient(index: number): ChatMember {
    const roomId = roomIds[index % roomIds.length] ?? '';
    const userId = `user-${index}`;
    // The library's own times: they are what this is about.
    const defaults = {
      backoffBaseMs: 500,
      backoffMaxMs: 30_000,
      holdBackMs: 1_000,
      heartbeatMs: 300_000,
      requestTimeoutMs: 10_000,
    };
    const member = openMember(
      url,
      roomId,
      { ...defaults, userId, WebSocket: sockets.WebSocket },
      { since: 0 },
    );
    members.push(member);
    clients.push(member.client);
    return member;
  }

  try {
    await enterAll();
    const publisher = new ChatClient({ url, userId: 'publisher', WebSocket });
    clients.push(publisher);
    const published = roomIds.map((roomId) => publisher.room(roomId));
    void publisher.connect();
    await Promise.all(published.map((room) => room.ready()));
    const before = { attempts: sockets.attempts, refused: { ...sockets.refused } };
    const cutAt = performance.now();
    sockets.cutAll();
    onProgress(`${members.length} clients are cut off`);

    const progress = setInterval(() => {
      const live = members.filter(({ room }) => room.state === 'live').length;
      onProgress(`${live} clients are back, ${sockets.attempts - before.attempts} attempts`);
    }, 2_000);
    const stored = await Promise.all(published.map(say));
    const back = members.map(async ({ room, log }, index) => {
      const last = stored[index % stored.length]?.at(-1) ?? 0;
      const caughtUp = () => room.state === 'live' && (room.position ?? 0) >= last;
      await log.until(`client ${index} is back`, caughtUp, PATIENCE_MS);
    });
    await Promise.all(back).finally(() => clearInterval(progress));

    const attempts = sockets.attempts - before.attempts;
    return {
      clients: members.length,
      rooms: roomIds.length,
      secondsToRecover: (performance.now() - cutAt) / 1_000,
      attempts,
      attemptsPerClient: attempts / members.length,
      refused: difference(sockets.refused, before.refused),
      ...tallyByRoom(members, stored),
    };
  } finally {
    for (const client of clients) client.close();
  }

  async function say(room: Room): Promise<number[]> {
    const sends = Array.from({ length: options.messages }, (_, index) => room.send(`${index}`));
    return (await Promise.all(sends)).map(({ seq }) => seq);
  }
}

function tallyByRoom(members: readonly ChatMember[], stored: readonly number[][]): Shown {
  const sum = { shown: 0, lost: 0, duplicated: 0, reordered: 0 };
  for (const [index, { seqs }] of members.entries()) {
    const tally = compareShown(stored[index % stored.length] ?? [], [seqs]);
    for (const name of ['shown', 'lost', 'duplicated', 'reordered'] as const) {
      sum[name] += tally[name];
    }
  }
  return sum;
}

function difference(
  after: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([status, count]) => [status, count - (before[status] ?? 0)]),
  );
}
