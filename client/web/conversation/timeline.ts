import type { Message } from '../../index.ts';
import type { PendingMessage } from '../../react/index.ts';

/** A message of the room, or an own one that is not among them yet. */
export type Entry =
  | { kind: 'message'; message: Message; isOwn: boolean }
  | { kind: 'pending'; pending: PendingMessage };

/** What stands above an entry, besides the entries before it. */
export interface Marks {
  /** The last number that was read when the line was drawn. */
  newAfter: number | undefined;
  /** The last number that was seen before the connection was lost, and how many came while it was. */
  missed: { after: number; count: number } | undefined;
  reset: { after: number; reason: 'retention' | 'rewound' } | undefined;
  /** There may be messages before the first entry. */
  hasEarlier: boolean;
}

export interface Framing {
  /** Nothing was ever said before it, as far as the room keeps. */
  isBeginning: boolean;
  /** The first of its day: the separator says which. */
  startsDay: boolean;
  /** Shows author and time; those that follow belong to it. */
  startsGroup: boolean;
  line: 'new' | 'missed' | undefined;
  /** Messages that stood before this one are gone. */
  reset: 'retention' | 'rewound' | undefined;
}

const GROUP_MS = 5 * 60_000;

/** How an entry stands below the one before it. Looks at no other, so a list of any length is cheap. */
export function frame(previous: Entry | undefined, entry: Entry, marks: Marks): Framing {
  const isBeginning = previous === undefined && !marks.hasEarlier;
  if (entry.kind === 'pending') {
    const follows = previous !== undefined && (previous.kind === 'pending' || previous.isOwn);
    return {
      isBeginning,
      startsDay: false,
      startsGroup: !follows,
      line: undefined,
      reset: undefined,
    };
  }
  const { message } = entry;
  const before = previous?.kind === 'message' ? previous.message : undefined;
  const isFirstAfter = (seq: number) => message.seq > seq && (before?.seq ?? 0) <= seq;
  const { newAfter, missed, reset } = marks;
  const isNew = newAfter !== undefined && before !== undefined && isFirstAfter(newAfter);
  const isMissed = missed !== undefined && isFirstAfter(missed.after);
  const line = isMissed ? 'missed' : isNew ? 'new' : undefined;
  const lost = reset !== undefined && isFirstAfter(reset.after) ? reset.reason : undefined;
  const startsDay = before === undefined || dayOf(before) !== dayOf(message);
  const startsGroup =
    startsDay ||
    line !== undefined ||
    lost !== undefined ||
    before?.userId !== message.userId ||
    Date.parse(message.sentAt) - Date.parse(before.sentAt) > GROUP_MS;
  return { isBeginning, startsDay, startsGroup, line, reset: lost };
}

/** The last number that is not affected by a reset: below it everything is as it was. */
export function lastKept({ after, resumedAt }: { after: number; resumedAt: number }): number {
  return Math.min(after, resumedAt);
}

/** The same key before and after the message is stored, so that its row stays the same. */
export function keyOf(entry: Entry): string {
  if (entry.kind === 'pending') return entry.pending.key;
  const { clientMessageId, seq } = entry.message;
  return entry.isOwn && clientMessageId !== undefined ? clientMessageId : String(seq);
}

const days = new WeakMap<Message, string>();

/** In the reader's own time; found once for each message, since rows are looked at again and again. */
function dayOf(message: Message): string {
  const known = days.get(message);
  if (known !== undefined) return known;
  const day = new Date(message.sentAt).toDateString();
  days.set(message, day);
  return day;
}
