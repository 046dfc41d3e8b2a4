import { createRoomLine, type RoomLine } from './room-line.ts';

/** Who has not been tried in this batch goes before who has failed. */
export type Line = 'first' | 'again';

export interface Slot {
  /** Makes room for the next one while the post goes on, if not too many have done so. */
  stepAside(): void;
  /** Done, wherever it stood. */
  leave(): void;
}

export interface Turns {
  /** Resolves when there is a slot. */
  enter(line: Line, roomId: string): Promise<Slot>;
}

export interface TurnLimits {
  /** Posts under way at once. */
  slots: number;
  /** Of the slots, how many those may hold who have failed before. */
  againSlots: number;
  /** Posts that wait for a late answer aside, without a slot. */
  asideMax: number;
}

/**
 * The slots in which a batch posts. A connection that does not answer costs the others neither a
 * slot, since it steps aside, nor their turn, since everybody's first attempt goes before anybody's
 * second and second attempts have few slots. Rooms take turns, so that the largest job does not make
 * the others wait.
 */
export function createTurns({ slots, againSlots, asideMax }: TurnLimits): Turns {
  const waiting: Record<Line, RoomLine<(slot: Slot) => void>> = {
    first: createRoomLine(),
    again: createRoomLine(),
  };
  const busy: Record<Line, number> = { first: 0, again: 0 };
  let aside = 0;

  function open(line: Line): Slot {
    let place: 'slot' | 'aside' | 'left' = 'slot';
    busy[line] += 1;
    const freeSlot = () => {
      busy[line] -= 1;
      fill();
    };
    return {
      stepAside() {
        if (place !== 'slot' || aside === asideMax) return;
        place = 'aside';
        aside += 1;
        freeSlot();
      },
      leave() {
        const left = place;
        place = 'left';
        if (left === 'aside') aside -= 1;
        else if (left === 'slot') freeSlot();
      },
    };
  }

  function nextLine(): Line | undefined {
    if (busy.first + busy.again >= slots) return undefined;
    if (!waiting.first.isEmpty) return 'first';
    return !waiting.again.isEmpty && busy.again < againSlots ? 'again' : undefined;
  }

  function fill(): void {
    for (let line = nextLine(); line !== undefined; line = nextLine()) {
      waiting[line].shift()?.(open(line));
    }
  }

  return {
    enter: (line, roomId) =>
      new Promise((resolve) => {
        waiting[line].push(roomId, resolve);
        fill();
      }),
  };
}
