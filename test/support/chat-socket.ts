import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A frame, as loosely typed as a conformance suite must see it. */
export interface Frame {
  type: string;
  id?: string;
  [field: string]: unknown;
}

export interface ReceivedMessage {
  seq: number;
  kind?: string;
  text?: string;
  userId?: string;
  [field: string]: unknown;
}

export interface ChatSocket {
  /** Every frame so far. */
  frames: Frame[];
  send(frame: object | string | Buffer): void;
  /** Sends with a fresh id and resolves with the reply that echoes it. */
  request(frame: object): Promise<Frame>;
  /** The first frame, past or future, that matches. */
  find(matches: (frame: Frame) => boolean): Promise<Frame>;
  /** The messages of a room pushed so far, in order of arrival, without void entries. */
  messagesOf(roomId: string): ReceivedMessage[];
  /** Resolves when this many messages of the room have been pushed, in the order of their numbers. */
  messages(roomId: string, count: number): Promise<ReceivedMessage[]>;
  closed: Promise<number>;
  close(): void;
  /** Ends the connection without a close frame. */
  vanish(): void;
}

const PATIENCE_MS = 15_000;
let requests = 0;

/** Opens a socket at `ws://…/live`. `query` may hold `userId`, `roomId`, `token`. */
export async function openSocket(
  url: string,
  query: Record<string, string>,
  protocols: string[] = [],
): Promise<ChatSocket> {
  const socket = new WebSocket(`${url}?${new URLSearchParams(query)}`, protocols);
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)));
    for (const look of waiting) look();
  });
  const closed = once(socket, 'close').then(([code]) => Number(code));
  await once(socket, 'open');

  async function until<T>(what: string, look: () => T | undefined): Promise<T> {
    const found = Promise.withResolvers<T>();
    const check = () => {
      const value = look();
      if (value !== undefined) found.resolve(value);
    };
    const timer = setTimeout(() => {
      found.reject(new Error(`${what} did not come. Frames: ${JSON.stringify(frames)}`));
    }, PATIENCE_MS);
    waiting.add(check);
    check();
    try {
      return await found.promise;
    } finally {
      clearTimeout(timer);
      waiting.delete(check);
    }
  }

  const send: ChatSocket['send'] = (frame) =>
    socket.send(
      typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame),
    );
  const find: ChatSocket['find'] = (matches) => until('A frame', () => frames.find(matches));
  const messagesOf: ChatSocket['messagesOf'] = (roomId) =>
    frames
      .filter((frame) => frame.type === 'messages' && frame.roomId === roomId)
      .flatMap((frame) => frame.messages as ReceivedMessage[])
      .filter(({ kind }) => kind !== 'void');

  return {
    frames,
    send,
    find,
    messagesOf,
    request: (frame) => {
      requests += 1;
      const id = `request-${requests}`;
      send({ ...frame, id });
      return find((reply) => reply.id === id);
    },
    messages: (roomId, count) =>
      until(`${count} messages of ${roomId}`, () => {
        const received = messagesOf(roomId);
        return received.length < count ? undefined : received.toSorted((a, b) => a.seq - b.seq);
      }),
    closed,
    close: () => socket.close(),
    vanish: () => socket.terminate(),
  };
}
