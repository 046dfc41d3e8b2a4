import { ready } from '../../client/ready.ts';
import { type ChatMember, openMember } from '../support/chat-member.ts';
import { type ObservedSockets, observeSockets } from '../support/observed-sockets.ts';
import { createSteadySender } from './steady-sender.ts';
import { compareShown, type Shown } from './tally.ts';

export interface RotationOptions {
  /** `ws://…/live` of a stack that closes connections at some age. */
  url: string;
  clients: number;
  /** How often each client replaces its connection. */
  rotations: number;
  /** What the library takes for the largest age of a connection. */
  maxAgeMs: number;
  /** Messages per second. */
  rate: number;
  onProgress: (line: string) => void;
}

export interface RotationReport extends Shown {
  clients: number;
  rotations: number;
  /** How often a client was without an open connection, because the old one was cut too early. */
  interruptions: number;
  sent: number;
  seconds: number;
}

/** Beyond, something is broken. */
const PATIENCE_PER_ROTATION_MS = 60_000;

const ENTER_AT_ONCE = 5;

interface Client {
  member: ChatMember;
  sockets: ObservedSockets;
}

/** Clients in one room replace their connections again and again while somebody keeps sending. */
export async function runRotations(options: RotationOptions): Promise<RotationReport> {
  const { url, maxAgeMs, onProgress } = options;
  const roomId = `rotations-${Date.now().toString(36)}`;
  const startedAt = performance.now();
  const clients: Client[] = [];
  const enter = (index: number): Client => {
    const sockets = observeSockets();
    const { WebSocket } = sockets;
    const userId = `user-${index}`;
    const patient = { requestTimeoutMs: 10_000, holdBackMs: 1_000, heartbeatMs: 30_000 };
    const own = { userId, maxAgeMs, WebSocket, ...patient };
    return { member: openMember(url, roomId, own, { since: 0 }), sockets };
  };
  const sender = createSteadySender({ url, roomId, rate: options.rate, maxAgeMs });
  const rotationsOf = ({ sockets }: Client) => Math.max(0, sockets.opened - 1);
  const total = () => clients.reduce((sum, client) => sum + rotationsOf(client), 0);

  try {
    await sender.start();
    // A few at a time: the age of a connection counts from its request, however long that waits.
    while (clients.length < options.clients) {
      const batch = Math.min(ENTER_AT_ONCE, options.clients - clients.length);
      const entering = Array.from({ length: batch }, (_, index) => enter(clients.length + index));
      clients.push(...entering);
      await Promise.all(entering.map(({ member }) => ready(member.room)));
    }
    onProgress(`${clients.length} clients are live`);
    const turned = Promise.all(
      clients.map((client) =>
        client.member.log.until(
          `${options.rotations} rotations`,
          () => rotationsOf(client) >= options.rotations,
          PATIENCE_PER_ROTATION_MS * options.rotations,
        ),
      ),
    );
    const progress = setInterval(() => {
      onProgress(`${total()} rotations, ${sender.acknowledged.length} messages sent`);
    }, 5_000);
    await turned.finally(() => clearInterval(progress));
    const rotations = total();
    const acknowledged = await sender.stop();
    await Promise.all(clients.map(({ member }) => member.reached(acknowledged.at(-1) ?? 0)));
    return {
      clients: clients.length,
      rotations,
      interruptions: clients.reduce((sum, { member }) => sum + interruptionsOf(member), 0),
      sent: acknowledged.length,
      ...compareShown(
        acknowledged,
        clients.map(({ member }) => member.seqs),
      ),
      seconds: Math.round((performance.now() - startedAt) / 1_000),
    };
  } finally {
    sender.close();
    for (const { member } of clients) member.client.close();
  }
}

function interruptionsOf({ log }: ChatMember): number {
  return log.events.filter((event) => event.event === 'connection' && event.previous === 'open')
    .length;
}
