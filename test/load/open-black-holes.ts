import { Agent, request } from 'node:http';
import pLimit from 'p-limit';
import { WebSocket } from 'ws';

export interface BlackHoles {
  close(): void;
}

export interface BlackHoleRoom {
  /** `ws://…/live` of a local stack: nobody else posts without a signature. */
  url: string;
  roomId: string;
  count: number;
  onProgress: (line: string) => void;
}

const OPEN_AT_ONCE = 20;
const FILL_AT_ONCE = 5;
/** The largest that `@connections` takes. */
const FILLING = JSON.stringify({ type: 'filling', text: 'x'.repeat(127 * 1024) });
/** Several times what a kernel buffers by itself. */
const POSTS_MAX = 500;

/**
 * Members that stop reading, with everything full between them and the gateway: the next frame for
 * them is refused. They are filled through `@connections`, where a room would take many minutes.
 */
export async function openBlackHoles(options: BlackHoleRoom): Promise<BlackHoles> {
  const { url, roomId, count, onProgress } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: FILL_AT_ONCE });
  const sockets: WebSocket[] = [];

  async function open(index: number): Promise<string> {
    const socket = new WebSocket(`${url}?userId=hole-${index}&roomId=${roomId}`);
    sockets.push(socket);
    socket.on('error', () => {});
    const connectionId = await ownConnectionId(socket);
    socket.pause();
    return connectionId;
  }

  async function fill(connectionId: string): Promise<void> {
    for (let posts = 0; posts < POSTS_MAX; posts += 1) {
      const status = await post(connectionId);
      if (status === 429) return;
      if (status !== 200) throw new Error(`A black hole could not be filled: ${status}`);
    }
    throw new Error(`A black hole is not full after ${POSTS_MAX} posts.`);
  }

  function post(connectionId: string): Promise<number> {
    const target = `${url.replace('ws', 'http')}/@connections/${encodeURIComponent(connectionId)}`;
    return new Promise((resolve, reject) => {
      const posting = request(target, { method: 'POST', agent }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      });
      posting.once('error', reject).end(FILLING);
    });
  }

  try {
    const ids = await pLimit(OPEN_AT_ONCE).map(Array.from({ length: count }).keys(), open);
    onProgress(`${ids.length} black holes are members and stop reading`);
    await pLimit(FILL_AT_ONCE).map(ids, fill);
    onProgress('Their buffers are full');
    return { close };
  } catch (error) {
    close();
    throw error;
  } finally {
    agent.destroy();
  }

  function close(): void {
    for (const socket of sockets) socket.terminate();
  }
}

/** The answer to an unknown action says who one is. */
function ownConnectionId(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => socket.send('{"action":"who am I?"}'));
    socket.once('close', () => reject(new Error('A black hole was not let in.')));
    socket.on('message', (data) => {
      const { connection } = JSON.parse(String(data)) as { connection?: { connectionId: string } };
      if (connection !== undefined) resolve(connection.connectionId);
    });
  });
}
