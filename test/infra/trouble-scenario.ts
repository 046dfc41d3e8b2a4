import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { GatewayFaults } from '../../local/gateway/faults.ts';
import { encodeJob } from '../../shared/aws/delivery-job.ts';
import type { DeliveryJob } from '../../shared/domain/ports.ts';
import type { ChatSocket } from '../support/chat-socket.ts';

interface TroubleStage {
  webSocketUrl: string;
  idle(): Promise<void>;
  faults: GatewayFaults;
  enqueue(body: string): Promise<unknown>;
  put(table: string, row: Record<string, unknown>): Promise<unknown>;
}

/** What a client asks for that it does not get. */
export async function askForTooMuch(ann: ChatSocket, { webSocketUrl }: TroubleStage) {
  for (const action of ['join', 'leave', 'send', 'history', 'resume', 'presence', 'ping']) {
    await ann.request({ action, roomId: '', rooms: 'none' });
  }
  ann.send({ action: 'typing', roomId: '' });
  await ann.find(({ type, code }) => type === 'error' && code === 'INVALID_FRAME');
  await knock(`${webSocketUrl}?userId=eve&roomId=no+room`);
  await knock(webSocketUrl);
}

/** Wants to open a socket, and is turned away. */
async function knock(url: string): Promise<void> {
  const socket = new WebSocket(url);
  const answer = await Promise.race([once(socket, 'open'), once(socket, 'error')]).catch(String);
  if (socket.readyState === WebSocket.OPEN) throw new Error(`${url} was let in: ${answer}`);
}

/** Above the 128 KB that API Gateway takes. */
const TOO_LARGE = JSON.stringify({ text: 'x'.repeat(130 * 1024) });

/** Jobs that nobody gets, each for a reason of its own, and a membership that cannot be read. */
export async function loseJobs(ann: ChatSocket, stage: TroubleStage): Promise<void> {
  const { enqueue, faults, idle, put } = stage;
  const { connection } = await ann.request({ action: 'where am I?' });
  const { connectionId } = connection as { connectionId: string };
  const lose = (job: Partial<DeliveryJob>) => {
    const times = { oldestReceivedAt: Date.now(), fannedOutAt: Date.now() };
    const usual = { roomId: 'red', frames: ['{}'], connectionIds: [connectionId], hops: 5 };
    return enqueue(encodeJob({ ...usual, ...times, ...job }));
  };
  await lose({ frames: [TOO_LARGE] });
  await lose({ connectionIds: ['malformed'] });
  await lose({ ephemeral: true, fannedOutAt: Date.now() - 60_000 });
  await put('MEMBERSHIPS_TABLE', { partition: 'room#red#0', member: 'nobody' });
  await idle();
  faults.failPost = () => 500;
  await lose({});
  await idle();
  delete faults.failPost;
}
