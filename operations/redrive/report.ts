import { ageInWords, inOneLine, layOut } from '../common/table.ts';
import type { DeadLetter } from './letter-source.ts';
import type { Fate } from './redrive.ts';

/** Letters with the same reason, rooms and fate. */
interface Group {
  letters: number;
  room: string;
  /** When the oldest of them was set aside. */
  since: number;
  reason: string;
  fate: string;
}

export interface Report {
  add(letter: DeadLetter, fate: Fate): void;
  count(kind: Fate['kind']): number;
  /** A table of what was there, the largest group first; empty when nothing was. */
  table(now: number): string;
}

const REASON_MAX_CHARACTERS = 90;
const FATES: Record<Fate['kind'], string> = {
  moved: 'moved',
  movable: 'would be moved',
  stuck: 'stays: ',
  failed: 'stays, failed: ',
};

export function createReport(): Report {
  const groups = new Map<string, Group>();
  const counts = new Map<Fate['kind'], number>();

  return {
    add(letter, fate) {
      counts.set(fate.kind, (counts.get(fate.kind) ?? 0) + 1);
      const room = roomsInWords(letter.roomIds);
      const reason = inOneLine(letter.reason, REASON_MAX_CHARACTERS);
      const words = FATES[fate.kind] + ('why' in fate ? fate.why : '');
      const key = JSON.stringify([room, reason, words]);
      const group = groups.get(key) ?? {
        letters: 0,
        room,
        since: letter.since,
        reason,
        fate: words,
      };
      group.letters += 1;
      group.since = Math.min(group.since, letter.since);
      groups.set(key, group);
    },
    count: (kind) => counts.get(kind) ?? 0,
    table(now) {
      if (groups.size === 0) return '';
      const rows = [...groups.values()]
        .toSorted((a, b) => b.letters - a.letters)
        .map(({ letters, room, since, reason, fate }) => [
          String(letters),
          room,
          ageInWords(now - since),
          reason,
          fate,
        ]);
      return layOut([['letters', 'room', 'oldest', 'reason', ''], ...rows]);
    },
  };
}

function roomsInWords([first, ...others]: readonly string[]): string {
  if (first === undefined) return '(unknown)';
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
