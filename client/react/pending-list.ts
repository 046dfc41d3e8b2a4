import {
  ChatClientError,
  type ChatError,
  type Json,
  type Message,
  type OutboxChange,
  type OutboxState,
  type Room,
  type SendOptions,
  type Sent,
} from '../index.ts';

/** An own message that does not stand among the messages yet. */
export interface PendingMessage {
  /** Stays the same while the message is pending; for React's `key`, `retry` and `discard`. */
  readonly key: string;
  readonly clientMessageId: string | undefined;
  readonly text: string;
  readonly data: Json | undefined;
  /** `stored`: acknowledged, and about to appear among the messages. */
  readonly state: OutboxState | 'stored' | 'failed';
  /** With `stored`. */
  readonly seq: number | undefined;
  /** With `failed`. */
  readonly error: ChatError | undefined;
}

export interface PendingList {
  readonly items: readonly PendingMessage[];
  send(text: string, options?: SendOptions): Promise<Sent>;
  /** Sends a failed message again, under the same clientMessageId: it is stored once. */
  retry(key: string): Promise<Sent> | undefined;
  /** Forgets a failed message. */
  discard(key: string): void;
  /** A message is shown now: an own one, or another one in the place of one that the server has lost. */
  shown(message: Message): void;
  /** The server has lost every message above that number. */
  lost(above: number): void;
  /** Everything up to the room's position is accounted for. */
  settle(): void;
  stop(): void;
}

type Draft = Pick<PendingMessage, 'text' | 'data' | 'clientMessageId'>;

export function createPendingList(room: Room, onChange: () => void): PendingList {
  const items = new Map<string, PendingMessage>();
  let refused = 0;
  /** What is being sent: a refusal by the outbox comes before `send` returns, and without the text. */
  let draft: Draft | undefined;
  let isTold = false;

  function put(key: string, content: Draft, change: Partial<PendingMessage>): void {
    const { text, data, clientMessageId } = content;
    const blank = { state: 'queued', seq: undefined, error: undefined } as const;
    items.set(key, { key, clientMessageId, text, data, ...blank, ...change });
  }

  function take(change: OutboxChange): void {
    const { clientMessageId: key } = change;
    const queued = room.outbox.find(({ clientMessageId }) => clientMessageId === key);
    const known = queued === undefined ? items.get(key) : { data: undefined, ...queued };
    isTold = true;
    if (change.state === 'failed') {
      const content = known ?? draft;
      if (content === undefined) return;
      put(key, { ...content, clientMessageId: key }, { state: 'failed', error: change.error });
    } else if (change.state === 'stored') {
      const { seq } = change.sent;
      if (known === undefined || seq <= (room.position ?? 0)) items.delete(key);
      else put(key, known, { state: 'stored', seq });
    } else if (known !== undefined) {
      put(key, known, { state: change.state });
    }
    onChange();
  }

  function send(text: string, options: SendOptions = {}): Promise<Sent> {
    const { data, clientMessageId } = options;
    const content = { text, data, clientMessageId };
    draft = content;
    isTold = false;
    const sent = room.send(text, options);
    const isQueued = isTold || room.outbox.some((item) => item.clientMessageId === clientMessageId);
    draft = undefined;
    sent.catch((error: ChatError) => {
      // Refused before it reached the outbox: a denied room, a closed client.
      if (isQueued) return;
      refused += 1;
      put(`refused-${refused}`, content, { state: 'failed', error });
      onChange();
    });
    return sent;
  }

  function takeFailed(key: string): PendingMessage | undefined {
    const item = items.get(key);
    if (item?.state !== 'failed') return undefined;
    items.delete(key);
    return item;
  }

  /** Under a new clientMessageId on retry: the old one may still stand for the number that is gone. */
  function lose(fits: (seq: number) => boolean): void {
    for (const { key, seq, ...item } of [...items.values()]) {
      if (seq === undefined || !fits(seq)) continue;
      const error = new ChatClientError('RESET', `The server has lost message ${seq}.`, true);
      put(key, { ...item, clientMessageId: undefined }, { state: 'failed', error });
    }
  }

  for (const { state, ...item } of room.outbox) {
    put(item.clientMessageId, { data: undefined, ...item }, { state });
  }
  const unsubscribe = room.on('outbox', take);

  return {
    get items() {
      return [...items.values()];
    },
    send,
    retry(key) {
      const item = takeFailed(key);
      if (item === undefined) return undefined;
      const { text, data, clientMessageId } = item;
      return send(text, {
        ...(data === undefined ? {} : { data }),
        ...(clientMessageId === undefined ? {} : { clientMessageId }),
      });
    },
    discard(key) {
      if (takeFailed(key) !== undefined) onChange();
    },
    shown({ clientMessageId, text, seq }) {
      // Also one that was given up, but stored all the same.
      const item = clientMessageId === undefined ? undefined : items.get(clientMessageId);
      if (item?.text === text) items.delete(item.key);
      lose((lost) => lost === seq);
    },
    lost: (above) => lose((seq) => seq > above),
    settle() {
      for (const { key, seq } of [...items.values()]) {
        if (seq !== undefined && seq <= (room.position ?? 0)) items.delete(key);
      }
    },
    stop: unsubscribe,
  };
}
