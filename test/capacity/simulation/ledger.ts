import { createWeightedLatencies, type WeightedLatencies } from './weighted-latencies.ts';

/** A frame on its way to all members of a room: they count, nobody is told apart. */
export interface Frame {
  bytes: number;
  /** When each of its messages was sent. */
  sentAt: readonly number[];
  /** Members that neither have it nor were given up. */
  left: number;
}

/** What became of every message for every member, so that the sum can be checked. */
export interface Ledger {
  /** A message was taken in hand for so many members. */
  accept(members: number): void;
  deliver(frame: Frame, members: number, at: number): void;
  giveUp(frame: Frame, members: number): void;
  /** The run is over, and these members have not got the frame. */
  leaveUnended(frame: Frame, members: number): void;
  /** The run is over, and a message has not even been fanned out. */
  leaveUnsent(sentAt: number, members: number): void;
  /** In pairs of a message and a member. */
  readonly pairs: { accepted: number; delivered: number; givenUp: number };
  readonly postedBytes: number;
  /** To each member, and to the last of a message. */
  readonly deliveries: WeightedLatencies;
  readonly lastMembers: WeightedLatencies;
}

/** @param counts whether the latency of a message sent at that moment belongs to the figures */
export function createLedger(counts: (sentAt: number) => boolean): Ledger {
  const pairs = { accepted: 0, delivered: 0, givenUp: 0 };
  const deliveries = createWeightedLatencies();
  const lastMembers = createWeightedLatencies();
  let postedBytes = 0;
  const unended = new Set<Frame>();

  function settle(frame: Frame, members: number): void {
    if (members > frame.left) throw new Error(`${members} of ${frame.left} members got a frame.`);
    frame.left -= members;
  }

  return {
    accept(members) {
      pairs.accepted += members;
    },
    deliver(frame, members, at) {
      settle(frame, members);
      postedBytes += members * frame.bytes;
      pairs.delivered += members * frame.sentAt.length;
      for (const sentAt of frame.sentAt) {
        if (!counts(sentAt)) continue;
        deliveries.record(at - sentAt, members);
        if (frame.left === 0) lastMembers.record(at - sentAt, 1);
      }
    },
    giveUp(frame, members) {
      settle(frame, members);
      pairs.givenUp += members * frame.sentAt.length;
    },
    leaveUnended(frame, members) {
      const counted = frame.sentAt.filter(counts).length;
      deliveries.recordUnended(members * counted);
      if (!unended.has(frame)) lastMembers.recordUnended(counted);
      unended.add(frame);
    },
    leaveUnsent(sentAt, members) {
      if (!counts(sentAt)) return;
      deliveries.recordUnended(members);
      lastMembers.recordUnended(1);
    },
    pairs,
    get postedBytes() {
      return postedBytes;
    },
    deliveries,
    lastMembers,
  };
}
