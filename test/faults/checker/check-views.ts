import type { EventOf, FinalState, HistoryEvent, MessageRow } from './history.ts';
import type { LogIndex, RoomRows } from './log-index.ts';
import type { Report } from './verdict.ts';

type ViewEvent = EventOf<'entered' | 'shown' | 'reset'>;

/** What one application saw of one room, from where it began. */
interface View {
  client: string;
  roomId: string;
  /** Every number up to here is accounted for: shown, void, told to be gone, or in `skipped`. */
  position: number;
  bySeq: Map<number, EventOf<'shown'>>;
  byMessageId: Map<string, EventOf<'shown'>>;
  /** Messages below the position that were not shown, with what was seen before and after. */
  skipped: Map<number, { row: MessageRow; between: HistoryEvent[] }>;
  last: ViewEvent;
}

export interface ViewCounts {
  /** Messages that an application should have seen and did not. */
  missed: number;
  duplicated: number;
  reordered: number;
}

/** What applications saw: all of the log, once, in its order, and nothing else. */
export function checkViews(
  history: readonly HistoryEvent[],
  log: LogIndex,
  { connections }: Pick<FinalState, 'connections'>,
  report: Report,
): ViewCounts {
  const views = new Map<string, View>();
  const counts = { missed: 0, duplicated: 0, reordered: 0 };
  const alive = new Set(connections.filter(({ alive }) => alive).map(({ client }) => client));

  function end(view: View | undefined): void {
    if (view === undefined) return;
    counts.missed += view.skipped.size;
    reportSkipped(view, report);
  }

  for (const event of history) {
    if (!('client' in event)) continue;
    const key = `${event.roomId} ${event.client}`;
    const view = views.get(key);
    if (event.kind === 'entered') {
      end(view);
      views.set(key, begin(event, event.after));
    } else if (event.kind === 'left') {
      end(view);
      views.delete(key);
    } else if (event.kind === 'reset') {
      const current = view ?? begin(event, event.after);
      views.set(key, current);
      onReset(current, event, log.room(event.roomId), report);
    } else if (event.kind === 'shown') {
      const current = view ?? begin(event, event.seq - 1);
      views.set(key, current);
      onShown(current, event, log.room(event.roomId), report, counts);
    }
  }
  for (const view of views.values()) {
    end(view);
    if (alive.has(view.client)) counts.missed += reportUnseen(view, log.room(view.roomId), report);
  }
  return counts;
}

function begin(event: ViewEvent, after: number): View {
  const { client, roomId } = event;
  return {
    client,
    roomId,
    position: after,
    bySeq: new Map(),
    byMessageId: new Map(),
    skipped: new Map(),
    last: event,
  };
}

function onShown(
  view: View,
  event: EventOf<'shown'>,
  room: RoomRows,
  report: Report,
  counts: ViewCounts,
): void {
  const { client, roomId, seq, messageId } = event;
  const about = { roomId, seq, client };
  const before = view.bySeq.get(seq) ?? view.byMessageId.get(messageId);
  if (before !== undefined) {
    counts.duplicated += 1;
    const message = `${client} was shown ${messageId} of ${roomId} as ${before.seq} and again as ${seq}.`;
    report({ rule: 'shown-twice', ...about, message, events: [before, event] });
  } else if (seq <= view.position) {
    counts.reordered += 1;
    const message = `${client} was shown ${seq} of ${roomId} after ${view.position}.`;
    report({ rule: 'reordered', ...about, message, events: [view.last, event] });
    view.skipped.delete(seq);
  } else {
    skip(view, seq - 1, event, room);
    view.position = seq;
    view.last = event;
  }
  view.bySeq.set(seq, event);
  view.byMessageId.set(messageId, event);

  const row = room.bySeq.get(seq);
  if (seq < room.first || (row?.kind === 'message' && row.messageId !== messageId)) return;
  if (row?.kind === 'message' && row.text === event.text) return;
  const what =
    row === undefined
      ? 'nothing'
      : row.kind === 'void'
        ? 'void'
        : `“${row.text}”, not “${event.text}”,`;
  const message = `${client} was shown ${seq} of ${roomId}, where ${what} stands.`;
  report({ rule: 'phantom', ...about, message, events: [event], rows: row ? [row] : [] });
}

function onReset(view: View, event: EventOf<'reset'>, room: RoomRows, report: Report): void {
  const { client, roomId, after, resumedAt } = event;
  skip(view, after, event, room);
  for (
    let seq = Math.max(after, room.first - 1) + 1;
    seq <= Math.min(resumedAt, room.last);
    seq += 1
  ) {
    const row = room.bySeq.get(seq);
    if (row?.kind !== 'message') continue;
    const message = `${client} was told that ${after + 1} to ${resumedAt} of ${roomId} are gone, and ${seq} is there.`;
    report({ rule: 'false-reset', roomId, seq, client, message, events: [event], rows: [row] });
    break;
  }
  view.position = Math.max(view.position, resumedAt);
  view.last = event;
}

/** Accounts for the numbers after the position up to `until`, when `event` is seen next. */
function skip(view: View, until: number, event: ViewEvent, room: RoomRows): void {
  for (
    let seq = Math.max(view.position + 1, room.first);
    seq <= Math.min(until, room.last);
    seq += 1
  ) {
    const row = room.bySeq.get(seq);
    if (row?.kind === 'message') view.skipped.set(seq, { row, between: [view.last, event] });
  }
}

/** One violation for all that was skipped between the same two events. */
function reportSkipped({ client, roomId, skipped }: View, report: Report): void {
  for (const [between, holes] of Map.groupBy(skipped.values(), (hole) => hole.between[1])) {
    const [first] = holes;
    if (first === undefined || between === undefined) continue;
    const { seq } = first.row;
    const message = `${client} went on in ${roomId} without ${rangeOf(holes.map(({ row }) => row))}.`;
    const rows = holes.map(({ row }) => row).slice(0, 1);
    report({
      rule: 'gap-never-repaired',
      roomId,
      seq,
      client,
      message,
      events: first.between,
      rows,
    });
  }
}

function reportUnseen({ client, roomId, position, last }: View, room: RoomRows, report: Report) {
  const rows: MessageRow[] = [];
  for (let seq = Math.max(position + 1, room.first); seq <= room.last; seq += 1) {
    const row = room.bySeq.get(seq);
    if (row?.kind === 'message') rows.push(row);
  }
  const [first] = rows;
  if (first !== undefined) {
    const message = `${client} is alive and saw ${roomId} up to ${position}, not ${rangeOf(rows)}.`;
    const about = { roomId, seq: first.seq, client, events: [last], rows: [first] };
    report({ rule: 'never-shown', ...about, message });
  }
  return rows.length;
}

function rangeOf(rows: readonly MessageRow[]): string {
  const [first, last] = [rows[0]?.seq, rows.at(-1)?.seq];
  return first === last ? `${first}` : `${rows.length} messages from ${first} to ${last}`;
}
