/** Tells connections that take nothing from an account, or a gateway, that gives nothing. */
export interface Pressure {
  /** Frames that were taken so far, by anybody. */
  readonly frames: number;
  /** A connection took a frame, after it had refused it so many times. */
  taken(refusals: number): void;
  /** A connection refused a frame for the first time. `framesBefore` were taken when it was posted. */
  refused(framesBefore: number): void;
  /** Whether refusals are not the fault of those who refuse. */
  readonly isFelt: boolean;
}

/** So many connections refuse, and nobody takes anything meanwhile: then it is not the connections. */
const REFUSALS_WITHOUT_TAKER = 10;

/** The share of those that were refused first, among the frames that were taken. */
const REFUSED_FIRST_SHARE = 0.02;

/**
 * A full socket and an exhausted account both answer 429. But a full socket keeps refusing while
 * others take, and an exhausted account strikes anybody: those too who take the frame the next time.
 * So what counts is how many were refused who do take frames. While there are hardly any, whoever
 * refuses again and again has itself to blame. One slow client that takes its frame late is no sign.
 *
 * One for each batch.
 */
export function createPressure(): Pressure {
  let frames = 0;
  let refusedFirst = 0;
  let withoutTaker = 0;
  return {
    get frames() {
      return frames;
    },
    taken(refusals) {
      frames += 1;
      withoutTaker = 0;
      if (refusals > 0) refusedFirst += 1;
    },
    refused(framesBefore) {
      if (frames === framesBefore) withoutTaker += 1;
    },
    get isFelt() {
      return (
        withoutTaker >= REFUSALS_WITHOUT_TAKER ||
        refusedFirst > Math.max(1, frames * REFUSED_FIRST_SHARE)
      );
    },
  };
}
