import type { HistoryReply, WireEntry } from '../shared/protocol/frames.ts';
import { ask } from './ask.ts';
import { pause, until } from './ready.ts';
import type { Message, Room } from './types.ts';

export interface HistoryQuery {
  /** Exclusive. Default: the room's position + 1. */
  before?: number;
  /** 1 to 100, default 50. */
  limit?: number;
}

export interface HistoryPage {
  messages: Message[];
  /** Pass it as `before` to get the page before this one; undefined when there is none. */
  before: number | undefined;
}

export interface PageQuery extends HistoryQuery {
  /** Exclusive; instead of `before`. */
  after?: number;
}

export type LogEntry = WireEntry;

export interface LogPage {
  /** Ascending. */
  messages: LogEntry[];
  /** The last number given out. */
  head: number;
  /** There is more in the direction asked. */
  more: boolean;
}

/**
 * One page, ascending. Without `before` it ends exactly where the live `message` events begin:
 * no gap, no overlap.
 */
export async function history(room: Room, query?: HistoryQuery): Promise<HistoryPage> {
  const { messages, more } = await page(room, query);
  return {
    messages: messages.filter((entry): entry is Message => entry.kind !== 'void'),
    before: more ? messages[0]?.seq : undefined,
  };
}

/**
 * One page of the log as it is kept: in the direction asked, with the numbers that belong to no
 * message. What is not there has expired. For readers such as `readRoom`.
 */
export async function page(
  room: Room,
  { before, after, limit = 50 }: PageQuery = {},
): Promise<LogPage> {
  const { roomId, inside } = room;
  const position = await until(room, () => room.position);
  const end = before ?? position + 1;
  for (let attempt = 0; ; attempt += 1) {
    const range = after === undefined ? { before: end } : { after };
    const reply = await ask<HistoryReply>(room, { action: 'history', roomId, ...range, limit });
    // Just after joining, the last numbers may not be settled; they do not come as live messages.
    const due = after === undefined ? end - 1 : after + 1;
    const isWhole = (reply.messages.at(-1)?.seq ?? 0) >= due || due > (room.position ?? 0);
    if (isWhole || inside.clock.now() >= inside.log.settledAt) return reply;
    await pause(room, inside.backoff(attempt));
  }
}
