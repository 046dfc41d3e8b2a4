import type { Room, TravelTimes } from '../../index.ts';
import { onTravelTimes } from '../../travel-times.ts';

/** A part of a message's way, by the text that names it. */
type Hop = 'hopNumbered' | 'hopStreamed' | 'hopEnqueued' | 'hopDequeued' | 'hopWire';

/** The way of one message, in milliseconds. */
export interface Journey {
  seq: number;
  hops: { hop: Hop; ms: number }[];
  /** From this page to this page; only of an own message. */
  totalMs: number | undefined;
}

/**
 * The clocks of the server are only compared with each other, and that of this page only with itself.
 * So the way to the server and the way back are known together, as what is left of the total.
 */
function toJourney(times: TravelTimes, totalMs: number | undefined): Journey {
  const { seq, receivedAt, sentAt, streamedAt, enqueuedAt, dequeuedAt } = times;
  const between = (from: string, to: string) => Date.parse(to) - Date.parse(from);
  const hops: Journey['hops'] = [
    { hop: 'hopNumbered', ms: between(receivedAt, sentAt) },
    { hop: 'hopStreamed', ms: between(sentAt, streamedAt) },
    { hop: 'hopEnqueued', ms: between(streamedAt, enqueuedAt) },
    { hop: 'hopDequeued', ms: between(enqueuedAt, dequeuedAt) },
  ];
  if (totalMs === undefined) return { seq, hops, totalMs };
  const wire = totalMs - between(receivedAt, dequeuedAt);
  return { seq, hops: [...hops, { hop: 'hopWire', ms: wire }], totalMs };
}

/**
 * Tells the way of every message whose times come with it.
 *
 * @param now milliseconds that only go forward
 */
export function watchJourneys(
  room: Room,
  now: () => number,
  onJourney: (journey: Journey) => void,
): () => void {
  const sending = new Map<string, number>();
  const stored = new Map<number, number>();
  const subscriptions = [
    room.on('outbox', (change) => {
      const { clientMessageId, state } = change;
      const startedAt = sending.get(clientMessageId);
      if (state === 'sending') sending.set(clientMessageId, startedAt ?? now());
      if (state !== 'stored' && state !== 'failed') return;
      sending.delete(clientMessageId);
      if (startedAt !== undefined && state === 'stored') stored.set(change.sent.seq, startedAt);
    }),
    onTravelTimes(room, (times) => {
      const startedAt = stored.get(times.seq);
      for (const seq of stored.keys()) if (seq <= times.seq) stored.delete(seq);
      const totalMs = startedAt === undefined ? undefined : Math.round(now() - startedAt);
      onJourney(toJourney(times, totalMs));
    }),
  ];
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe();
  };
}
