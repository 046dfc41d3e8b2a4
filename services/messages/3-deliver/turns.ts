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
  enter(line: Line): Promise<Slot>;
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
 * second and second attempts have few slots.
 */
export function createTurns({ slots, againSlots, asideMax }: TurnLimits): Turns {
  const waiting: Record<Line, ((slot: Slot) => void)[]> = { first: [], again: [] };
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
    if (waiting.first.length > 0) return 'first';
    return waiting.again.length > 0 && busy.again < againSlots ? 'again' : undefined;
  }

  function fill(): void {
    for (let line = nextLine(); line !== undefined; line = nextLine()) {
      waiting[line].shift()?.(open(line));
    }
  }

  return {
    enter: (line) =>
      new Promise((resolve) => {
        waiting[line].push(resolve);
        fill();
      }),
  };
}
