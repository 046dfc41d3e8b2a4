import { setTimeout as pause } from 'node:timers/promises';
import { type ChatSocket, openSocket } from '../support/chat-socket.ts';

/** Rooms by size; the larger, the livelier. */
const ROOMS = { lobby: 16, design: 8, release: 4 };
/** From one message of a room to its next, on the whole. */
const PACE_MS = 900;
/** Talk comes and goes, once in so long. */
const WAVE_MS = 180_000;

/** People who talk in a few rooms, and come and go, until the signal. */
export async function chatter(url: string, signal: AbortSignal): Promise<void> {
  await Promise.all(
    Object.entries(ROOMS).map(([roomId, members]) => talk(url, { roomId, members }, signal)),
  );
}

async function talk(
  url: string,
  { roomId, members }: { roomId: string; members: number },
  signal: AbortSignal,
): Promise<void> {
  const join = (index: number) => openSocket(url, { userId: `${roomId}-${index}`, roomId });
  const sockets = await Promise.all(Array.from({ length: members }, (_, index) => join(index)));
  const startedAt = Date.now();
  for (let count = 0; !signal.aborted; count += 1) {
    const index = count % members;
    const socket = sockets[index] as ChatSocket;
    socket.send({ action: 'send', roomId, text: `Message ${count}` });
    if (count % 10 === 9) {
      socket.close();
      sockets[index] = await join(index);
    }
    const wave = 1.2 + Math.sin((2 * Math.PI * (Date.now() - startedAt)) / WAVE_MS);
    await pause((PACE_MS * 10) / (members * wave), undefined, { signal }).catch(() => {});
  }
  for (const socket of sockets) socket.close();
}
