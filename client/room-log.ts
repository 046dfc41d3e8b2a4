import type { HistoryReply } from '../shared/protocol/frames.ts';
import type { Backoff } from './backoff.ts';
import type { Emitter } from './emitter.ts';
import { ChatClientError } from './errors.ts';
import type { Link } from './link.ts';
import type { InnerRoomEvents } from './room-inside.ts';
import { createSequence, type News, type Page } from './sequence.ts';
import type { Clock } from './types.ts';

/** Carries out what the sequence of a room decides: deliveries, timers and pages. */
export interface RoomLog {
  /** The last number that the application has been shown, or told of. */
  readonly position: number | undefined;
  readonly isCatchingUp: boolean;
  /** From then on every number up to the position is stored or void. */
  readonly settledAt: number;
  startAt(position: number): void;
  push(news: News): void;
  entered(page: Page): void;
  off(): void;
}

export interface RoomLogOptions {
  roomId: string;
  since: number | undefined;
  clock: Clock;
  backoff: Backoff;
  holdBackMs: number;
  link(): Link | undefined;
  onNotMember(): void;
  isEnded(): boolean;
  events: Emitter<InnerRoomEvents>;
  /** The position, or whether the room is catching up, may have changed. */
  onChange(): void;
}

const PAGE_MESSAGES = 100;
/** By then every number up to a known head is stored or void; what is not there has expired. */
const SETTLED_AFTER_MS = 5_000;

export function createRoomLog(options: RoomLogOptions): RoomLog {
  const { roomId, clock, events } = options;
  const queue: (() => void)[] = [];
  let isRunning = false;
  let cancelTimer = () => {};

  const settleLater = () => {
    log.settledAt = clock.now() + SETTLED_AFTER_MS;
  };

  const sequence = createSequence(options.since, {
    isEnded: options.isEnded,
    emit: events.emit,
    wait(attempt) {
      cancelTimer();
      cancelTimer = clock.after(
        attempt === 'hold-back' ? options.holdBackMs : options.backoff(attempt),
        () => run(sequence.timer),
      );
    },
    cancel: () => cancelTimer(),
    ask(after) {
      const frame = { action: 'history', roomId, after, limit: PAGE_MESSAGES } as const;
      options.link()?.request(frame, (outcome) => {
        if (outcome instanceof ChatClientError) {
          run(() => sequence.failed(after));
          if (outcome.code === 'NOT_A_MEMBER') options.onNotMember();
        } else {
          const { messages, head, more } = outcome as HistoryReply;
          run(() => sequence.answered({ after, messages, head, status: more ? 'more' : 'ok' }));
        }
      });
    },
  });

  events.on('reset', settleLater);
  const { push, entered } = sequence;

  /** One step after the other, even where a listener causes the next: deliveries stay in order. */
  function run(step: () => void): void {
    queue.push(step);
    if (isRunning) return;
    isRunning = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (sequence.position === undefined) settleLater();
      next();
      options.onChange();
    }
    isRunning = false;
  }

  const log = Object.assign(sequence, {
    settledAt: 0,
    push: (news: News) => run(() => push(news)),
    entered: (page: Page) => run(() => entered(page)),
  });
  return log;
}
