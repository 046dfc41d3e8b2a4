import type { ClientFrame, Reply } from '../shared/protocol/frames.ts';
import { ChatClientError } from './errors.ts';
import type { Outcome } from './link.ts';
import { pause, until } from './ready.ts';
import type { Room } from './types.ts';

/** A question goes on through that many timeouts. */
const PATIENCE = 3;

/** Asks something of a room, through lost connections and refusals that pass. */
export async function ask<R extends Reply>(room: Room, frame: ClientFrame): Promise<R> {
  const { clock, backoff, onNotMember, requestTimeoutMs } = room.inside;
  const deadline = clock.now() + PATIENCE * requestTimeoutMs;
  for (let attempt = 0; ; attempt += 1) {
    const link = await until(room, room.inside.link, Math.max(0, deadline - clock.now()));
    const outcome = await new Promise<Outcome>((done) => link.request(frame, done));
    if (!(outcome instanceof ChatClientError)) return outcome as R;
    if (outcome.code === 'NOT_A_MEMBER') onNotMember();
    else if (!outcome.retryable || clock.now() >= deadline) throw outcome;
    await pause(room, backoff(attempt, outcome.retryAfterMs));
  }
}
