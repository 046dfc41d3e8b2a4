import type { LogIndex } from './log-index.ts';
import type { Report } from './verdict.ts';

/** The final log by itself: dense, one row under a number, one number for a send. */
export function checkLog(log: LogIndex, report: Report): void {
  for (const [roomId, room] of log.rooms) {
    for (const row of room.surplus) {
      const { seq } = row;
      const first = room.bySeq.get(seq);
      const message = `${roomId} has more than one row under ${seq}.`;
      report({ rule: 'seq-reused', roomId, seq, message, rows: first ? [first, row] : [row] });
    }
    for (const rows of room.bySend.values()) {
      const [first] = rows;
      if (first === undefined || rows.length === 1) continue;
      const numbers = rows.map(({ seq }) => seq).join(' and ');
      const message = `${roomId} has ${first.clientMessageId} of ${first.userId} under ${numbers}.`;
      report({ rule: 'stored-twice', roomId, seq: first.seq, message, rows });
    }
    for (let seq = room.first; seq < room.last; seq += 1) {
      if (room.bySeq.has(seq)) continue;
      const message = `${roomId} has nothing under ${seq}, and goes on to ${room.last}.`;
      report({ rule: 'hole-never-settled', roomId, seq, message });
    }
  }
}
