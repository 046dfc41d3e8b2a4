import { type HistogramData, sumHistograms } from './histogram.ts';
import { type MinutesData, mergeMinutes } from './minutes.ts';
import { type RangeData, uniteRanges } from './number-ranges.ts';

/** What a crowd of clients saw, in a form that threads and processes can hand over. */
export interface Observations {
  /** What was asked of the crowd, one talk after the other. */
  talks: TalkSeen[];
  /** Numbers that were acknowledged to senders, by room. */
  acknowledged: Record<string, RangeData>;
  members: MemberSeen[];
  /** From the first attempt until the application is live. */
  enterMs: HistogramData;
  /** From the moment the schedule wanted the message sent until the sender knows that it is stored. */
  storedMs: HistogramData;
  /** Sends that ended otherwise, by the code of the error. */
  refused: Record<string, number>;
  /** Error frames by their code: the library sends again after most of them. */
  errors: Record<string, number>;
  /** Attempts to connect: all, those that opened, and the others by the status of the answer. */
  attempts: number;
  opened: number;
  failedAttempts: Record<string, number>;
  /** `messages` frames, and their size in characters. */
  frames: number;
  frameCharacters: number;
  /** Frames that came unasked: with messages, presence and typing. */
  pushes: number;
  /** From giving a message to the library until it arrived, of the oldest message of each frame. */
  pushedMs: MinutesData;
  /** Messages that did not come by themselves in time, so that the library asked for them. */
  gapsRepaired: number;
  /** The library told the application that messages are gone. */
  resets: number;
}

export interface TalkSeen {
  intervals: IntervalSeen[];
  /** Milliseconds since the epoch. */
  startedAt: number;
  lastDeliveryAt: number;
}

/** One after the other, from the start of the talk. */
export interface IntervalSeen {
  /** Messages that the schedule wanted sent. */
  offered: number;
  stored: number;
  delivered: number;
  /** Of the deliveries of those messages that were wanted sent in this interval. */
  latencyMs: HistogramData;
}

export interface MemberSeen {
  roomId: string;
  /** The last number before those that it was to be shown; undefined when it never became live. */
  since: number | undefined;
  shown: RangeData;
  duplicated: number;
  reordered: number;
}

/** @param parts of which there is one at least */
export function mergeObservations(parts: readonly Observations[]): Observations {
  const sum = (value: (part: Observations) => number) =>
    parts.reduce((total, part) => total + value(part), 0);
  return {
    talks: zip(
      parts.map(({ talks }) => talks),
      mergeTalks,
    ),
    acknowledged: mergeRooms(parts.map(({ acknowledged }) => acknowledged)),
    members: parts.flatMap(({ members }) => members),
    enterMs: sumHistograms(parts.map(({ enterMs }) => enterMs)),
    storedMs: sumHistograms(parts.map(({ storedMs }) => storedMs)),
    refused: sumCounts(parts.map(({ refused }) => refused)),
    errors: sumCounts(parts.map(({ errors }) => errors)),
    attempts: sum(({ attempts }) => attempts),
    opened: sum(({ opened }) => opened),
    failedAttempts: sumCounts(parts.map(({ failedAttempts }) => failedAttempts)),
    frames: sum(({ frames }) => frames),
    frameCharacters: sum(({ frameCharacters }) => frameCharacters),
    pushes: sum(({ pushes }) => pushes),
    pushedMs: mergeMinutes(parts.map(({ pushedMs }) => pushedMs)),
    gapsRepaired: sum(({ gapsRepaired }) => gapsRepaired),
    resets: sum(({ resets }) => resets),
  };
}

function mergeTalks(talks: readonly TalkSeen[]): TalkSeen {
  return {
    intervals: zip(
      talks.map(({ intervals }) => intervals),
      mergeIntervals,
    ),
    startedAt: Math.min(...talks.map(({ startedAt }) => startedAt)),
    lastDeliveryAt: Math.max(...talks.map(({ lastDeliveryAt }) => lastDeliveryAt)),
  };
}

export function mergeIntervals(intervals: readonly IntervalSeen[]): IntervalSeen {
  const sum = (name: 'offered' | 'stored' | 'delivered') =>
    intervals.reduce((total, interval) => total + interval[name], 0);
  return {
    offered: sum('offered'),
    stored: sum('stored'),
    delivered: sum('delivered'),
    latencyMs: sumHistograms(intervals.map(({ latencyMs }) => latencyMs)),
  };
}

/** The first of all, then the second of all, and so on; lists that are shorter end earlier. */
function zip<T>(lists: readonly (readonly T[])[], merge: (items: readonly T[]) => T): T[] {
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, index) =>
    merge(lists.flatMap((list) => list.slice(index, index + 1))),
  );
}

function mergeRooms(parts: readonly Record<string, RangeData>[]): Record<string, RangeData> {
  const byRoom = Map.groupBy(parts.flatMap(Object.entries), ([roomId]) => roomId);
  return Object.fromEntries(
    Array.from(byRoom, ([roomId, entries]) => [
      roomId,
      uniteRanges(entries.map(([, data]) => data)),
    ]),
  );
}

export function sumCounts(parts: readonly Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [name, count] of parts.flatMap(Object.entries)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
