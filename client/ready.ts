import { ChatClientError } from './errors.ts';
import type { Room } from './types.ts';

/** Resolves when the room is `live`. Rejects when it never will be: denied, left or closed. */
export const ready = async (room: Room): Promise<void> =>
  void (await until(room, () => room.state === 'live' || undefined));

/** Resolves when there is a value, or late with `otherwise`. Rejects when the room ends, or with TIMEOUT. */
export function until<T>(
  room: Room,
  value: () => T | undefined,
  timeoutMs?: number,
  otherwise?: T,
): Promise<T> {
  const { clock, ending, events } = room.inside;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let cancel = () => {};
  const look = (late?: T | ChatClientError) => {
    const outcome = ending() ?? value() ?? late;
    if (outcome === undefined) return;
    unsubscribe();
    cancel();
    if (outcome instanceof ChatClientError) reject(outcome);
    else resolve(outcome);
  };
  const unsubscribe = events.on('change', () => look());
  if (timeoutMs !== undefined) {
    cancel = clock.after(timeoutMs, () =>
      look(
        otherwise ?? new ChatClientError('TIMEOUT', `Room ${room.roomId} is ${room.state}.`, true),
      ),
    );
  }
  look();
  return promise;
}

/** The timer alone decides: those of a system fire up to a millisecond early. */
export const pause = (room: Room, delayMs: number) =>
  until<true>(room, () => undefined, delayMs, true);
