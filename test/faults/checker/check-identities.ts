import type { EventOf, HistoryEvent, LogRow } from './history.ts';
import type { LogIndex } from './log-index.ts';
import type { Report } from './verdict.ts';

/** Somebody's word, or a row of the log, for a message standing under a number. */
type Claim = EventOf<'acknowledged' | 'shown'> | Extract<LogRow, { kind: 'message' }>;

/**
 * One number for a message and one message under a number, in whatever order it was learnt: from
 * acknowledgements, from what applications were shown, and from the log itself. This is what makes
 * the order of a room one order.
 */
export function checkIdentities(
  history: readonly HistoryEvent[],
  log: LogIndex,
  report: Report,
): void {
  const numbers = new Map<string, Claim>();
  const messages = new Map<string, Claim>();
  const told = new Set<string>();

  function once(rule: 'seq-reused' | 'two-orders', key: string, [a, b]: [Claim, Claim]): void {
    if (told.has(`${rule} ${key}`)) return;
    told.add(`${rule} ${key}`);
    const message =
      rule === 'seq-reused'
        ? `${a.roomId} has both ${a.messageId} and ${b.messageId} under ${a.seq}.`
        : `${a.roomId} has ${a.messageId} both under ${a.seq} and under ${b.seq}.`;
    report({
      rule,
      roomId: a.roomId,
      seq: a.seq,
      message,
      events: [a, b].filter(isEvent),
      rows: [a, b].filter(isRow),
    });
  }

  function claim(next: Claim): void {
    const number = `${next.roomId} ${next.seq}`;
    const message = `${next.roomId} ${next.messageId}`;
    const sameNumber = numbers.get(number);
    const sameMessage = messages.get(message);
    if (sameNumber === undefined) numbers.set(number, next);
    else if (sameNumber.messageId !== next.messageId) {
      once('seq-reused', number, [sameNumber, next]);
    }
    if (sameMessage === undefined) messages.set(message, next);
    else if (sameMessage.seq !== next.seq) once('two-orders', message, [sameMessage, next]);
  }

  for (const event of history) {
    if (event.kind === 'acknowledged' || event.kind === 'shown') claim(event);
  }
  for (const { bySeq } of log.rooms.values()) {
    for (const row of bySeq.values()) if (row.kind === 'message') claim(row);
  }
}

const isEvent = (claim: Claim): claim is EventOf<'acknowledged' | 'shown'> => 'at' in claim;
const isRow = (claim: Claim): claim is Extract<LogRow, { kind: 'message' }> => !('at' in claim);
