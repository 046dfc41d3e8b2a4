import type { Chance } from '../../faults/simulation/chance.ts';

/** Who is there, and what they say: the load of one simulated run. */
export interface Population {
  /** Members of each room, all of them online. */
  members: readonly number[];
  /** Messages a second of each room. */
  rates: readonly number[];
}

/**
 * Rooms of which the n-th has 1/n of the members of the first, as popularity is spread in most
 * places; at least one member each, and `connections` in all.
 */
export function zipfSizes(rooms: number, connections: number): number[] {
  if (connections < rooms) throw new Error(`${rooms} rooms need ${rooms} connections at least.`);
  const weights = Array.from({ length: rooms }, (_, index) => 1 / (index + 1));
  const total = sum(weights);
  const spare = connections - rooms;
  const members = weights.map((weight) => 1 + Math.round((spare * weight) / total));
  // What rounding has left over goes to the largest room, which does not feel it.
  members[0] = (members[0] ?? 0) + connections - sum(members);
  return members;
}

/**
 * Shares `messagesPerSecond` among rooms by a power of their size: with 0 all rooms say the same, with
 * 1 all members. In between, large rooms are busier, but most of their members listen.
 */
export function shareOut(
  members: readonly number[],
  messagesPerSecond: number,
  activity: number,
): number[] {
  const weights = members.map((count) => count ** activity);
  const total = sum(weights);
  return weights.map((weight) => (weight / total) * messagesPerSecond);
}

export interface Arrival {
  at: number;
  room: number;
}

/** Messages come independently of each other: a Poisson process of each room. */
export function* arrivals({ rates }: Population, chance: Chance): Generator<Arrival> {
  const upTo: number[] = [];
  for (const rate of rates) upTo.push((upTo.at(-1) ?? 0) + rate);
  const total = upTo.at(-1) ?? 0;
  let at = 0;
  for (let count = 0; total > 0; count += 1) {
    at += (-Math.log(1 - chance.of(`gap ${count}`)) / total) * 1_000;
    yield { at, room: firstAbove(upTo, chance.of(`room ${count}`) * total) };
  }
}

/** The index of the first value of an ascending list that is above `value`. */
function firstAbove(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

export const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
