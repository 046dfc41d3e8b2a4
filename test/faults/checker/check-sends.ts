import type { EventOf, FinalState, HistoryEvent } from './history.ts';
import { type LogIndex, sendKey } from './log-index.ts';
import type { Report } from './verdict.ts';

/** Everything that became of one send: the same id in the same room by the same client. */
interface Send {
  client: string;
  roomId: string;
  clientMessageId: string;
  sending: EventOf<'sending'>[];
  acknowledged: EventOf<'acknowledged'>[];
  refused: EventOf<'refused'>[];
}

/**
 * What is acknowledged is stored, as it was acknowledged; what is stored was sent; and every send
 * ends. A send that was refused may be stored: once, which the log tells by itself.
 *
 * @returns what only this can count
 */
export function checkSends(
  history: readonly HistoryEvent[],
  log: LogIndex,
  { connections }: Pick<FinalState, 'connections'>,
  report: Report,
): { lost: number; storedUnacknowledged: number } {
  const sends = collect(history);
  const alive = new Set(connections.filter(({ alive }) => alive).map(({ client }) => client));
  const counts = { lost: 0, storedUnacknowledged: 0 };

  for (const send of sends.values()) {
    const { client, roomId, clientMessageId } = send;
    const { bySend, byMessageId, bySeq, first } = log.room(roomId);
    const stored = bySend.get(sendKey(client, clientMessageId)) ?? [];
    const texts = new Set(send.sending.map(({ text }) => text));
    for (const ack of send.acknowledged) {
      if (ack.seq < first) continue;
      const said = `${clientMessageId} of ${client} is acknowledged as ${ack.seq} of ${roomId}`;
      const about = { roomId, seq: ack.seq, client, events: [...send.sending.slice(0, 1), ack] };
      const found = stored[0] ?? byMessageId.get(ack.messageId)?.[0];
      const row = bySeq.get(ack.seq);
      if (found === undefined) {
        counts.lost += 1;
        const instead = row === undefined ? 'nothing' : `a ${row.kind}`;
        const message = `${said}; ${instead} stands there, and the message nowhere.`;
        report({ rule: 'lost', ...about, message, rows: row ? [row] : [] });
        continue;
      }
      const problem =
        found.seq !== ack.seq
          ? `it stands under ${found.seq}`
          : found.messageId !== ack.messageId || found.clientMessageId !== clientMessageId
            ? 'another message stands there'
            : !texts.has(found.text) && texts.size > 0
              ? 'it stands there with another text'
              : undefined;
      if (problem === undefined) continue;
      const message = `${said}; ${problem}.`;
      report({ rule: 'accepted-not-stored', ...about, message, rows: [found] });
    }
    if (send.acknowledged.length > 0) continue;
    if (stored.length > 0) counts.storedUnacknowledged += 1;
    if (send.refused.length > 0 || !alive.has(client)) continue;
    const message = `${clientMessageId} of ${client} was neither acknowledged nor refused.`;
    report({ rule: 'unanswered', roomId, client, message, events: send.sending });
  }

  for (const [roomId, { bySend }] of log.rooms) {
    for (const [key, rows] of bySend) {
      if (sends.has(`${roomId} ${key}`)) continue;
      const { seq, userId } = rows[0] ?? { seq: 0, userId: '' };
      const message = `${roomId} has a message of ${userId} under ${seq} that nobody sent.`;
      report({ rule: 'phantom', roomId, seq, message, rows });
    }
  }
  return counts;
}

function collect(history: readonly HistoryEvent[]): Map<string, Send> {
  const sends = new Map<string, Send>();
  for (const event of history) {
    if (!('clientMessageId' in event) || event.kind === 'shown') continue;
    const { client, roomId, clientMessageId } = event;
    const key = `${roomId} ${sendKey(client, clientMessageId)}`;
    let send = sends.get(key);
    if (send === undefined) {
      send = { client, roomId, clientMessageId, sending: [], acknowledged: [], refused: [] };
      sends.set(key, send);
    }
    if (event.kind === 'sending') send.sending.push(event);
    else if (event.kind === 'acknowledged') send.acknowledged.push(event);
    else send.refused.push(event);
  }
  return sends;
}
