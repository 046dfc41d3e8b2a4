/** When the messages of one room are to be sent, whatever became of those before. */
export interface ScheduleOptions {
  /** Messages per second. */
  rate: number;
  seconds: number;
  /** At even distances, or independent of each other as people are: a Poisson process. */
  arrivals: 'steady' | 'random';
  /** Of a steady room, 0 to 1: which part of a distance its first message waits. */
  phase: number;
  /** 0 (inclusive) to 1 (exclusive). */
  random: () => number;
}

/** Milliseconds since the start, ascending. */
export function* intendedTimes(options: ScheduleOptions): Generator<number, undefined> {
  const { rate, seconds, arrivals, phase, random } = options;
  const end = seconds * 1_000;
  const distance = 1_000 / rate;
  if (arrivals === 'steady') {
    for (let index = 0; (index + phase) * distance < end; index += 1)
      yield (index + phase) * distance;
    return;
  }
  for (let at = gap(); at < end; at += gap()) yield at;

  function gap(): number {
    return -Math.log(1 - random()) * distance;
  }
}

export interface PaceOptions {
  /** Milliseconds since the epoch, as `now` tells them. */
  startAt: number;
  now: () => number;
  /** Resolves after that many milliseconds, or later; at once when the talk was ended. */
  sleep: (ms: number) => Promise<void>;
  isOver: () => boolean;
}

/**
 * Calls `act` for each of the times, with the time as it was intended. Who is late catches up at
 * once, and the lateness counts: otherwise a stack that makes its clients wait would be measured
 * by the fewer messages that it let them send (coordinated omission).
 */
export async function keepPace(
  times: Iterable<number>,
  act: (intendedAt: number, index: number) => void,
  { startAt, now, sleep, isOver }: PaceOptions,
): Promise<void> {
  let index = 0;
  for (const offset of times) {
    const intendedAt = startAt + offset;
    const early = intendedAt - now();
    if (early > 0) await sleep(early);
    if (isOver()) return;
    act(intendedAt, index);
    index += 1;
  }
}
