import type { Listener, Room, TravelTimes, Unsubscribe } from './types.ts';

/** When a message that has just come passed where. Only where the stack was told to tell. */
export const onTravelTimes = (room: Room, listener: Listener<TravelTimes>): Unsubscribe =>
  room.inside.events.on('messages', ({ travelTimes }) => {
    if (travelTimes !== undefined) listener(travelTimes);
  });
