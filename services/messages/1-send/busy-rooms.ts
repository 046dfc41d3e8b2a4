import { ChatError, rateLimited } from '../../../shared/domain/errors.ts';
import type { Clock } from '../../../shared/domain/ports.ts';

/** Rooms that one environment leaves alone for a moment, because their storage was throttled. */
export interface BusyRooms {
  /** @throws ChatError `RATE_LIMITED` while the room rests */
  requireRested(roomId: string): void;
  /** Gives a room a rest for as long as its senders are told to wait. Other errors are no reason. */
  note(roomId: string, error: unknown): void;
}

/**
 * Without it a room that is offered too much would take less and less: a number that its log cannot
 * take has to be sealed in the very partition that is throttled, and a seal, being smaller, finds its
 * way where a message does not.
 */
export function createBusyRooms(clock: Clock): BusyRooms {
  const restsUntil = new Map<string, number>();
  return {
    requireRested(roomId) {
      const until = restsUntil.get(roomId);
      if (until === undefined) return;
      const restsFor = until - clock.now();
      if (restsFor > 0) throw rateLimited(roomId, undefined, restsFor);
      restsUntil.delete(roomId);
    },
    note(roomId, error) {
      if (!(error instanceof ChatError) || error.code !== 'RATE_LIMITED') return;
      restsUntil.set(roomId, clock.now() + (error.retryAfterMs ?? 0));
    },
  };
}
