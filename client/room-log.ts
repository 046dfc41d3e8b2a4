import type { HistoryReply } from '../shared/protocol/frames.ts';
import { fullJitterMs } from './backoff.ts';
import type { Emitter } from './emitter.ts';
import { ChatClientError } from './errors.ts';
import type { Link } from './link.ts';
import { SETTLED_AFTER_MS } from './reader.ts';
import { type Page, reduceSequence, type SequenceEvent, startSequence } from './sequence.ts';
import type { Clock, Message, RoomEvents } from './types.ts';

/** Carries out what the sequence of a room decides: deliveries, timers and pages. */
export interface RoomLog {
  /** The last number that the application has been shown, or told of. */
  readonly position: number | undefined;
  readonly isCatchingUp: boolean;
  /** From then on every number up to the position is stored or void. */
  readonly settledAt: number;
  push(entries: HistoryReply['messages'], head: number): void;
  entered(page: Page): void;
  startAt(position: number): void;
  off(): void;
}

export interface RoomLogOptions {
  roomId: string;
  since: number | undefined;
  clock: Clock;
  random: () => number;
  backoff: { baseMs: number; maxMs: number };
  holdBackMs: number;
  link(): Link | undefined;
  onNotMember(): void;
  isEnded(): boolean;
  onMessage(message: Message): void;
  emit: Emitter<RoomEvents>['emit'];
  /** The position, or whether the room is catching up, may have changed. */
  onChange(): void;
}

const PAGE_MESSAGES = 100;

export function createRoomLog(options: RoomLogOptions): RoomLog {
  const { roomId, clock, random, backoff, emit } = options;
  const queue: SequenceEvent[] = [];
  let sequence = startSequence(options.since);
  let shown = options.since;
  let isCatchingUp = false;
  let isRunning = false;
  let settledAt = Number.NEGATIVE_INFINITY;
  let cancelTimer = () => {};

  /** One event after the other, even where a listener causes the next: deliveries stay in order. */
  function dispatch(event: SequenceEvent): void {
    queue.push(event);
    if (isRunning) return;
    isRunning = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) run(next);
    isRunning = false;
  }

  function run(event: SequenceEvent): void {
    const before = sequence.position;
    const { sequence: after, effects } = reduceSequence(sequence, event);
    sequence = after;
    if (event.type === 'entered') isCatchingUp = event.page.more;
    else if (event.type === 'off') isCatchingUp = false;
    else if (event.type === 'page' && after.phase !== 'asking') isCatchingUp = false;
    if (before === undefined) settledAt = clock.now() + SETTLED_AFTER_MS;

    for (const effect of effects) {
      switch (effect.type) {
        case 'deliver':
          // Left or closed by a listener: what is not shown yet is asked for again, if at all.
          if (options.isEnded()) {
            cancelTimer();
            sequence = startSequence(shown);
            return;
          }
          shown = effect.message.seq;
          options.onMessage(effect.message);
          emit('message', effect.message);
          break;
        case 'reset': {
          const { type: _, ...reset } = effect;
          shown = effect.resumedAt;
          settledAt = clock.now() + SETTLED_AFTER_MS;
          emit('reset', reset);
          break;
        }
        case 'gap':
          emit('gap', { after: effect.after, head: effect.head });
          break;
        case 'wait': {
          const { attempt } = effect;
          const isHoldBack = attempt === 'hold-back';
          cancelTimer();
          cancelTimer = clock.after(
            isHoldBack ? options.holdBackMs : fullJitterMs(attempt, backoff, random),
            () => dispatch({ type: 'timer' }),
          );
          break;
        }
        case 'cancel':
          cancelTimer();
          break;
        case 'ask':
          ask(effect.after);
          break;
      }
    }
    shown = sequence.position;
    options.onChange();
  }

  function ask(after: number): void {
    const frame = { action: 'history', roomId, after, limit: PAGE_MESSAGES } as const;
    options.link()?.request(frame, (outcome) => {
      if (outcome instanceof ChatClientError) {
        dispatch({ type: 'failed', after });
        if (outcome.code === 'NOT_A_MEMBER') options.onNotMember();
      } else if (outcome.type === 'history') {
        const { messages: entries, head, more } = outcome;
        dispatch({ type: 'page', page: { after, entries, head, more, reset: false } });
      }
    });
  }

  return {
    get position() {
      return shown;
    },
    get isCatchingUp() {
      return isCatchingUp;
    },
    get settledAt() {
      return settledAt;
    },
    push: (entries, head) => dispatch({ type: 'push', entries, head }),
    entered: (page) => dispatch({ type: 'entered', page }),
    startAt(position) {
      if (sequence.position !== undefined || sequence.held.size > 0) return;
      sequence = startSequence(position);
      shown = position;
    },
    off() {
      if (sequence.phase !== 'off') dispatch({ type: 'off' });
    },
  };
}
