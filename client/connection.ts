import type { Backoff } from './backoff.ts';
import type { Link, LinkEnd, LinkOptions } from './link.ts';
import type { Clock, ConnectionState, DownReason, StateChange } from './types.ts';

/**
 * Keeps one open link, as the table of transitions in `docs/client.md` says. A link is replaced
 * before it gets too old: the next one opens and enters all rooms, and only then the old one closes.
 */
export interface Connection {
  readonly state: ConnectionState;
  /** Where requests go. */
  readonly current: Link | undefined;
  /** The current link and the one that is to replace it. */
  readonly links: readonly Link[];
  open(): void;
  close(): void;
  /** All rooms are entered on that link: it may become the current one. */
  ready(link: Link): void;
  /** The network or the page is back: a wait is cut short. */
  hurry(): void;
  /** Moves to another link at a random moment of the window. */
  goAway(retryWindowMs: number): void;
}

export type FailureReason = Exclude<LinkEnd, 'lost'>;

export type LinkEvents = Pick<LinkOptions, 'onOpen' | 'onDown'>;

export interface ConnectionOptions {
  clock: Clock;
  random: () => number;
  maxAgeMs: number;
  backoff: Backoff;
  createLink(events: LinkEvents): Link;
  /** The link is open: enter the rooms, then say `ready`. */
  onLinkOpen(link: Link): void;
  /** There is another current link than before, or none. */
  onCurrentChange(): void;
  onState(change: StateChange): void;
  /** For information: a link did not open, or fell silent. */
  onFailure(reason: FailureReason, cause: unknown): void;
}

/** A link that lives shorter than this does not count as a success: the backoff goes on. */
const STABLE_AFTER_MS = 10_000;
/** The share of the largest age at which a link is replaced, at the latest; at the earliest two thirds of that. */
const LATEST_SHARE = 0.9;
/** The next link has that long to open and enter all rooms, and thrice as long as the last one took. */
const LEAD_MIN_MS = 2_000;
const LEAD_FACTOR = 3;

export function createConnection(options: ConnectionOptions): Connection {
  const { clock, random, backoff } = options;
  let state: ConnectionState = 'idle';
  let current: Link | undefined;
  let next: Link | undefined;
  /** Replaced; stays for the answers that are under way on it, so that nothing is asked twice. */
  let retiring: Link | undefined;
  let openedAt = 0;
  let failures = 0;
  let failedRotations = 0;
  let goAwayAt: number | undefined;
  let cancelTimer = () => {};

  function setState(to: ConnectionState, details: Partial<StateChange> = {}): void {
    if (to === state) return;
    const previous = state;
    state = to;
    options.onState({ state, previous, ...details });
  }

  /** The only timer: the end of a wait, or the next rotation. */
  function schedule(delayMs: number, callback: () => void): void {
    cancelTimer();
    cancelTimer = clock.after(delayMs, callback);
  }

  function dial(): Link {
    const link = options.createLink({
      onOpen: () => opened(link),
      onDown(reason, closeCode, cause) {
        if (reason !== 'lost') options.onFailure(reason, cause);
        down(link, reason, closeCode);
      },
    });
    return link;
  }

  function dialCurrent(): void {
    current = dial();
    setState('connecting');
  }

  function opened(link: Link): void {
    if (link === current) became(link);
    options.onLinkOpen(link);
  }

  /** The current link is open, or has taken over. */
  function became(link: Link): void {
    openedAt = clock.now();
    failedRotations = 0;
    goAwayAt = undefined;
    schedule(rotationDelayMs(openedAt - link.dialledAt), rotate);
    setState('open');
  }

  /**
   * A random 60 to 90 % of the largest age. Where that is short, the next link gets its lead first:
   * up to half of the age.
   */
  function rotationDelayMs(tookMs: number): number {
    const { maxAgeMs } = options;
    const leadMs = Math.max(LEAD_MIN_MS, LEAD_FACTOR * tookMs);
    const latestMs = Math.max(maxAgeMs / 2, Math.min(LATEST_SHARE * maxAgeMs, maxAgeMs - leadMs));
    return Math.max(0, (latestMs * (2 + random())) / 3 - tookMs);
  }

  function rotate(): void {
    next ??= dial();
  }

  function down(link: Link, reason: DownReason, closeCode: number | undefined): void {
    if (link === next) {
      next = undefined;
      schedule(backoff(failedRotations), rotate);
      failedRotations += 1;
    }
    if (link !== current) return;
    current = next;
    next = undefined;
    if (current === undefined) wait(reason, closeCode);
    else if (current.isOpen) became(current);
    else setState('connecting', { reason });
    options.onCurrentChange();
  }

  function wait(reason: DownReason, closeCode: number | undefined): void {
    if (state === 'open' && clock.now() - openedAt >= STABLE_AFTER_MS) failures = 0;
    const jitter = backoff(failures);
    const retryInMs = goAwayAt === undefined ? jitter : Math.max(0, goAwayAt - clock.now());
    const why = goAwayAt === undefined ? reason : 'goaway';
    failures += 1;
    goAwayAt = undefined;
    schedule(retryInMs, dialCurrent);
    setState('waiting', { reason: why, retryInMs, closeCode });
  }

  return {
    get state() {
      return state;
    },
    get current() {
      return current;
    },
    get links() {
      return [current, next].filter((link) => link !== undefined);
    },
    open() {
      if (state === 'idle' || state === 'closed') dialCurrent();
    },
    close() {
      cancelTimer();
      setState('closed');
      const links = [current, next, retiring];
      current = next = retiring = undefined;
      for (const link of links) link?.close();
      options.onCurrentChange();
    },
    ready(link) {
      if (link !== next) return;
      retiring?.close();
      retiring = current;
      current = next;
      next = undefined;
      failures = 0;
      became(link);
      options.onCurrentChange();
      retiring?.retire();
    },
    hurry() {
      if (state === 'waiting') schedule(backoff(0), dialCurrent);
    },
    goAway(retryWindowMs) {
      if (state !== 'open' || next !== undefined) return;
      const delayMs = random() * retryWindowMs;
      goAwayAt = clock.now() + delayMs;
      schedule(delayMs, rotate);
    },
  };
}
