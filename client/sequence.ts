/**
 * The order of one room as a pure reducer: what arrived and what was asked in, what to deliver and
 * what to ask next out. Whatever is pushed or answered, in whatever order and however often, the
 * `deliver` effects are strictly ascending and skip nothing without a `reset`.
 */
import type { WireEntry, WireMessage } from '../shared/protocol/frames.ts';

export interface Sequence {
  /** The last number accounted for; unknown until the room was first joined. */
  readonly position: number | undefined;
  /** The highest number known to have been given out. */
  readonly head: number;
  /** Entries above `position + 1`, or any while the position is unknown. */
  readonly held: ReadonlyMap<number, WireEntry>;
  readonly phase: Phase;
  /** The position that the outstanding page was asked after. */
  readonly asked: number | undefined;
  /** Pages in a row that brought nothing. */
  readonly attempt: number;
}

export type Phase =
  /** Not a member: nothing can be asked. */
  | 'off'
  | 'idle'
  /** Something is missing; its push may be on the way. */
  | 'holding'
  | 'asking'
  /** The last page did not bring what is missing: it may not be settled yet. */
  | 'waiting';

/** An answer of the log: it accounts for every number from `after` to its last entry. */
export interface Page {
  /** The position asked about; undefined for a first join, which asks for nothing. */
  after: number | undefined;
  entries: readonly WireEntry[];
  head: number;
  more: boolean;
  /** The server says that what came after the position is gone. */
  reset: boolean;
}

export type SequenceEvent =
  | { type: 'push'; entries: readonly WireEntry[]; head: number }
  /** Joined or resumed. */
  | { type: 'entered'; page: Page }
  | { type: 'page'; page: Page }
  | { type: 'failed'; after: number }
  | { type: 'timer' }
  | { type: 'off' };

export type SequenceEffect =
  | { type: 'deliver'; message: WireMessage }
  | { type: 'reset'; after: number; resumedAt: number; reason: 'retention' | 'rewound' }
  | { type: 'gap'; after: number; head: number }
  | { type: 'ask'; after: number }
  /** Starts the room's only timer anew: the hold-back, or the backoff of that attempt. */
  | { type: 'wait'; attempt: number | 'hold-back' }
  | { type: 'cancel' };

/** What is held beyond this is dropped and asked for later: memory stays bounded. */
const HELD_MAX = 1_000;

export function startSequence(since: number | undefined): Sequence {
  return {
    position: since,
    head: since ?? 0,
    held: new Map(),
    phase: 'off',
    asked: undefined,
    attempt: 0,
  };
}

export function reduceSequence(
  before: Sequence,
  event: SequenceEvent,
): { sequence: Sequence; effects: SequenceEffect[] } {
  const effects: SequenceEffect[] = [];
  const held = new Map(before.held);
  let { position, head, phase, asked, attempt } = before;

  switch (event.type) {
    case 'push':
      hold(event.entries, HELD_MAX);
      head = Math.max(head, event.head);
      deliver(0);
      if (phase !== 'off' && phase !== 'asking') watch();
      break;
    case 'entered': {
      const rewound = account(event.page);
      if (rewound || event.page.more) ask();
      else {
        phase = 'idle';
        watch();
      }
      break;
    }
    case 'page': {
      const expected = phase === 'asking' && event.page.after === asked;
      const rewound = account(event.page);
      if (!expected) break;
      const progressed = position !== before.position;
      if (rewound || (event.page.more && progressed)) ask();
      else if (isBehind()) retry(progressed ? 0 : attempt + 1);
      else rest();
      break;
    }
    case 'failed':
      if (phase === 'asking' && event.after === asked) retry(attempt + 1);
      break;
    case 'timer':
      if (position !== undefined && phase === 'holding') {
        effects.push({ type: 'gap', after: position, head });
      }
      if (phase === 'holding' || phase === 'waiting') ask();
      break;
    case 'off':
      phase = 'off';
      effects.push({ type: 'cancel' });
      break;
  }
  return { sequence: { position, head, held, phase, asked, attempt }, effects };

  function hold(entries: readonly WireEntry[], max: number): void {
    for (const entry of entries) {
      head = Math.max(head, entry.seq);
      const isNews = position === undefined || entry.seq > position;
      if (isNews && (held.size < max || entry.seq === (position ?? 0) + 1)) {
        held.set(entry.seq, entry);
      }
    }
  }

  /** Delivers what follows the position. Up to `accounted`, what is not there no longer exists. */
  function deliver(accounted: number): void {
    while (position !== undefined) {
      const entry = held.get(position + 1);
      if (entry !== undefined) {
        position += 1;
        held.delete(position);
        if (entry.kind !== 'void') effects.push({ type: 'deliver', message: entry });
      } else if (position < accounted) {
        moveTo(Math.min(...held.keys()) - 1, 'retention');
      } else break;
    }
  }

  function moveTo(resumedAt: number, reason: 'retention' | 'rewound'): void {
    if (position !== undefined) effects.push({ type: 'reset', after: position, resumedAt, reason });
    position = resumedAt;
    for (const seq of held.keys()) if (seq <= resumedAt || reason === 'rewound') held.delete(seq);
  }

  /** Whether the log turned out to have gone back, so that earlier pushes may have been dropped. */
  function account({ after, entries, head: pageHead, reset }: Page): boolean {
    const rewound = after !== undefined && after === position && pageHead < after;
    if (position === undefined) moveTo(pageHead, 'retention');
    else if (rewound) {
      moveTo(pageHead, 'rewound');
      head = pageHead;
      return true;
      // A page about another position than ours comes from before a reset, or says nothing new.
    } else if (after === position && reset) moveTo(pageHead, 'retention');
    else if (after === undefined || after > position || reset) entries = [];
    head = Math.max(head, pageHead);
    hold(entries, Number.POSITIVE_INFINITY);
    deliver(entries.at(-1)?.seq ?? 0);
    return false;
  }

  function isBehind(): boolean {
    return position !== undefined && (held.size > 0 || head > position);
  }

  /** Progress starts the hold-back anew: in a busy room something is always on its way. */
  function watch(): void {
    if (!isBehind()) rest();
    else if (phase === 'idle' || position !== before.position) {
      phase = 'holding';
      attempt = 0;
      effects.push({ type: 'wait', attempt: 'hold-back' });
    }
  }

  function rest(): void {
    if (phase !== 'idle' || event.type === 'entered') effects.push({ type: 'cancel' });
    phase = 'idle';
    attempt = 0;
  }

  function retry(next: number): void {
    phase = 'waiting';
    attempt = next;
    effects.push({ type: 'wait', attempt });
  }

  function ask(): void {
    if (position === undefined) return;
    phase = 'asking';
    asked = position;
    effects.push({ type: 'cancel' }, { type: 'ask', after: position });
  }
}
