import type { TravelTimes } from '../shared/protocol/frames.ts';
import type { Backoff } from './backoff.ts';
import type { Emitter } from './emitter.ts';
import type { Link } from './link.ts';
import type { ChatError, Clock, RoomEvents } from './types.ts';

/** What the modules beside the core are made of; not for applications. */
export interface RoomInside {
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly requestTimeoutMs: number;
  readonly log: {
    /** From then on every number up to the position is stored or void. */
    readonly settledAt: number;
  };
  readonly events: Emitter<InnerRoomEvents>;
  /** A link on which the room is entered. */
  link(): Link | undefined;
  /** The server says that the room is not entered there. */
  onNotMember(): void;
  /** Why nothing can be asked of the room any more. */
  ending(): ChatError | undefined;
}

export interface InnerRoomEvents extends RoomEvents {
  /** Anything of the room may have changed. */
  change: undefined;
  /** Pushed, as it came; what it brings in order is a `message`. */
  messages: { travelTimes?: TravelTimes };
}
