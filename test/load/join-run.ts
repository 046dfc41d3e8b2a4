import { history } from '../../client/history.ts';
import type { Message } from '../../client/index.ts';
import { readRoom } from '../../client/read-room.ts';
import { ready } from '../../client/ready.ts';
import { type ChatMember, openMember } from '../support/chat-member.ts';
import { createSteadySender } from './steady-sender.ts';

export interface JoinOptions {
  /** `ws://…/live` */
  url: string;
  clients: number;
  /** All clients together. */
  joins: number;
  rooms: number;
  /** Messages per second in each room, all the time. */
  rate: number;
  onProgress: (line: string) => void;
}

export interface JoinReport {
  joins: number;
  sent: number;
  /** Messages that the joins looked at, from history and live. */
  read: number;
  /** Numbers that were stored and that a join should have shown, and did not. */
  lost: number;
  duplicated: number;
  reordered: number;
}

/** Of each join: so many from history, and so many live ones after them. */
const FROM_HISTORY = 5;
const LIVE = 2;
const PROGRESS_EVERY = 200;
/** A machine under load is slow, not broken. */
const REQUEST_TIMEOUT_MS = 20_000;

/**
 * Clients join a room in which somebody keeps sending, read from its history into the live stream,
 * leave and join again. Every second join uses the iterator, the others a page and the events.
 */
export async function runJoins(options: JoinOptions): Promise<JoinReport> {
  const { url, rate, onProgress } = options;
  const run = Date.now().toString(36);
  const rooms = Array.from({ length: options.rooms }, (_, index) => {
    const roomId = `joins-${run}-${index}`;
    return { roomId, sender: createSteadySender({ url, roomId, rate }) };
  });
  const members: ChatMember[] = [];
  const reads: { room: number; seqs: number[] }[] = [];
  let begun = 0;

  async function joinAgainAndAgain(index: number): Promise<void> {
    const room = index % rooms.length;
    const roomId = rooms[room]?.roomId ?? '';
    const member = openMember(url, `${roomId}-lobby`, {
      userId: `user-${index}`,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
    });
    members.push(member);
    while (begun < options.joins) {
      begun += 1;
      const joined = member.client.room(roomId);
      const messages = begun % 2 === 0 ? await readOn(joined) : await pageAndEvents(joined);
      reads.push({ room, seqs: messages.map(({ seq }) => seq) });
      joined.leave();
      if (reads.length % PROGRESS_EVERY === 0) onProgress(`${reads.length} joins`);
    }
  }

  try {
    await Promise.all(rooms.map(({ sender }) => sender.start()));
    await Promise.all(
      Array.from({ length: options.clients }, (_, index) => joinAgainAndAgain(index)),
    );
    const stored = await Promise.all(rooms.map(({ sender }) => sender.stop()));
    const tally = { lost: 0, duplicated: 0, reordered: 0 };
    for (const { room, seqs } of reads) {
      const seen = new Set(seqs);
      const [first = 0, last = 0] = [Math.min(...seqs), Math.max(...seqs)];
      const due = (stored[room] ?? []).filter((seq) => seq >= first && seq <= last);
      tally.lost += due.filter((seq) => !seen.has(seq)).length;
      tally.duplicated += seqs.length - seen.size;
      tally.reordered += seqs.filter((seq, index) => seq < (seqs[index - 1] ?? 0)).length;
    }
    return {
      joins: reads.length,
      sent: stored.reduce((sum, seqs) => sum + seqs.length, 0),
      read: reads.reduce((sum, { seqs }) => sum + seqs.length, 0),
      ...tally,
    };
  } finally {
    for (const { sender } of rooms) sender.close();
    for (const { client } of members) client.close();
  }
}

type Joined = ChatMember['room'];

async function readOn(room: Joined): Promise<Message[]> {
  const messages: Message[] = [];
  await ready(room);
  const joinedAt = room.position ?? 0;
  for await (const message of readRoom(room, { last: FROM_HISTORY })) {
    messages.push(message);
    if (messages.filter(({ seq }) => seq > joinedAt).length === LIVE) break;
  }
  return messages;
}

async function pageAndEvents(room: Joined): Promise<Message[]> {
  const live: Message[] = [];
  const enough = new Promise<void>((resolve) => {
    room.on('message', (message) => {
      live.push(message);
      if (live.length >= LIVE) resolve();
    });
  });
  const { messages } = await history(room, { limit: FROM_HISTORY });
  await enough;
  return [...messages, ...live];
}
