import { type Hop, hopsOf, toText } from './hops.ts';
import { parseLine } from './log-line.ts';
import { createFollower, type Subject } from './subject.ts';

/** Where lines come from: those that are there, and with `follow` those that come. */
export type LogSource = (signal: AbortSignal) => AsyncIterable<string[]>;

export interface TailOptions {
  subject: Subject;
  /** Milliseconds since the epoch. */
  since: number;
  signal: AbortSignal;
  show: (text: string) => void;
}

/**
 * Shows the stations of the subject in the order of their times, as far as they came together.
 *
 * @returns how many there were.
 */
export async function tail(source: LogSource, options: TailOptions): Promise<number> {
  const { subject, since, signal, show } = options;
  const follower = createFollower(subject);
  let receivedAt: number | undefined;
  let shown = 0;

  for await (const texts of source(signal)) {
    const hops = texts
      .flatMap((text) => parseLine(text) ?? [])
      .flatMap(follower.take)
      .flatMap(hopsOf)
      .filter(({ at }) => at >= since)
      .toSorted((a, b) => a.at - b.at);
    for (const hop of hops) {
      receivedAt ??= receiptOf(hop, subject);
      show(toText(hop, receivedAt));
    }
    shown += hops.length;
  }
  return shown;
}

/** Times are counted from it where all stations are of one message. */
function receiptOf({ name, at }: Hop, { kind }: Subject): number | undefined {
  return kind === 'message' && name === 'received' ? at : undefined;
}
