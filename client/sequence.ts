import type { ResumedRoom, WireEntry } from '../shared/protocol/frames.ts';
import type { RoomEvents } from './types.ts';

/**
 * The order of one room, without time and network: what arrived goes in, what to deliver and what to
 * ask next comes out. Whatever is pushed or answered, in whatever order and however often, what is
 * delivered is strictly ascending and skips nothing without a `reset`.
 */
export interface Sequence {
  /** The last number accounted for; unknown until the room was first joined. */
  readonly position: number | undefined;
  /** How many entries wait for an earlier one, or for the position to be known. */
  readonly held: number;
  /** From entering until the last page of what was missed. */
  readonly isCatchingUp: boolean;
  /** Takes the position for known, unless it is. */
  startAt(position: number): void;
  push(news: News): void;
  /** Joined or resumed. */
  entered(page: Page): void;
  answered(page: Page): void;
  /** The page after that position did not come. */
  failed(after: number): void;
  /** The time of the last `wait` is over. */
  timer(): void;
  /** No member any more: nothing can be asked. */
  off(): void;
}

export interface SequencePort {
  /** A `message` to deliver, a `reset` or a `gap` to tell. */
  emit<E extends 'message' | 'reset' | 'gap'>(event: E, payload: RoomEvents[E]): void;
  ask(after: number): void;
  /** Starts the room's only timer anew: the hold-back, or the backoff of that attempt. */
  wait(attempt: number | 'hold-back'): void;
  cancel(): void;
  /** Left or closed, perhaps by a listener just now: nothing more is delivered. */
  isEnded(): boolean;
}

export type News = Pick<ResumedRoom, 'messages' | 'head'>;

/** An answer of the log: it accounts for every number from `after` to its last entry. */
export interface Page extends ResumedRoom {
  /** The position asked about; undefined for a first join, which asks for nothing. */
  after: number | undefined;
}

type Phase =
  | 'off'
  | 'idle'
  /** Something is missing; its push may be on the way. */
  | 'holding'
  | 'asking'
  /** The last page did not bring what is missing: it may not be settled yet. */
  | 'waiting';

/** What is held beyond this is dropped and asked for later: memory stays bounded. */
const HELD_MAX = 1_000;

export function createSequence(since: number | undefined, port: SequencePort): Sequence {
  const held = new Map<number, WireEntry>();
  let position = since;
  /** The highest number known to have been given out. */
  let head = since ?? 0;
  let phase: Phase = 'off';
  let isCatchingUp = false;
  /** The position that the outstanding page was asked after. */
  let asked: number | undefined;
  /** Pages in a row that brought nothing. */
  let attempt = 0;

  function hold(news: News, max: number): void {
    head = Math.max(head, news.head);
    for (const entry of news.messages) {
      const isNews = position === undefined || entry.seq > position;
      if (isNews && (held.size < max || entry.seq === (position ?? 0) + 1)) {
        held.set(entry.seq, entry);
      }
    }
  }

  /** Delivers what follows the position. Up to `accounted`, what is not there no longer exists. */
  function deliver(accounted: number): void {
    while (position !== undefined && !port.isEnded()) {
      const entry = held.get(position + 1);
      if (entry !== undefined) {
        position += 1;
        held.delete(position);
        if (entry.kind !== 'void') port.emit('message', entry);
      } else if (position < accounted) {
        moveTo(Math.min(...held.keys()) - 1, 'retention');
      } else break;
    }
  }

  function moveTo(resumedAt: number, reason: 'retention' | 'rewound'): void {
    const after = position;
    position = resumedAt;
    for (const seq of held.keys()) if (seq <= resumedAt || reason === 'rewound') held.delete(seq);
    if (after !== undefined) port.emit('reset', { after, resumedAt, reason });
  }

  /** Whether the log turned out to have gone back, so that earlier pushes may have been dropped. */
  function account({ after, messages, head: pageHead, status }: Page): boolean {
    const isReset = status === 'reset';
    const rewound = after !== undefined && after === position && pageHead < after;
    if (rewound) head = pageHead;
    if (rewound || position === undefined || (after === position && isReset)) {
      moveTo(pageHead, rewound ? 'rewound' : 'retention');
      // A page about another position than ours comes from before a reset, or says nothing new.
    } else if (after === undefined || after > position || isReset) messages = [];
    hold({ messages, head: pageHead }, Number.POSITIVE_INFINITY);
    deliver(messages.at(-1)?.seq ?? 0);
    return rewound;
  }

  /** Also when a listener has left or closed in the middle of a step. */
  const isOff = () => phase === 'off';

  function isBehind(): boolean {
    return position !== undefined && (held.size > 0 || head > position);
  }

  /** Progress starts the hold-back anew: in a busy room something is always on its way. */
  function watch(progressed: boolean): void {
    if (!isBehind()) rest();
    else if (phase === 'idle' || progressed) waitAs('holding', 0);
  }

  function waitAs(next: 'holding' | 'waiting', count: number): void {
    phase = next;
    attempt = count;
    port.wait(next === 'holding' ? 'hold-back' : count);
  }

  function rest(): void {
    phase = 'idle';
    attempt = 0;
    port.cancel();
  }

  function ask(): void {
    if (position === undefined) return;
    phase = 'asking';
    asked = position;
    port.cancel();
    port.ask(position);
  }

  return {
    get position() {
      return position;
    },
    get held() {
      return held.size;
    },
    get isCatchingUp() {
      return isCatchingUp;
    },
    startAt(at) {
      if (position !== undefined || held.size > 0) return;
      position = at;
      head = at;
    },
    push(news) {
      const before = position;
      hold(news, HELD_MAX);
      deliver(0);
      if (!isOff() && phase !== 'asking') watch(position !== before);
    },
    entered(page) {
      phase = 'idle';
      isCatchingUp = page.status === 'more';
      const rewound = account(page);
      if (isOff()) return;
      if (rewound || isCatchingUp) ask();
      else watch(true);
    },
    answered(page) {
      const isExpected = phase === 'asking' && page.after === asked;
      const before = position;
      const rewound = account(page);
      if (!isExpected || isOff()) return;
      const progressed = position !== before;
      if (rewound || (page.status === 'more' && progressed)) ask();
      else {
        isCatchingUp = false;
        if (isBehind()) waitAs('waiting', progressed ? 0 : attempt + 1);
        else rest();
      }
    },
    failed(after) {
      if (phase === 'asking' && after === asked) waitAs('waiting', attempt + 1);
    },
    timer() {
      if (position !== undefined && phase === 'holding')
        port.emit('gap', { after: position, head });
      if (phase === 'holding' || phase === 'waiting') ask();
    },
    off() {
      phase = 'off';
      isCatchingUp = false;
      port.cancel();
    },
  };
}
