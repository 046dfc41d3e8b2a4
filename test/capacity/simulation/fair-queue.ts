import type { Frame } from './ledger.ts';

/** A delivery job: frames, each for some of its recipients. */
export interface Letter {
  room: number;
  parts: { frame: Frame; members: number }[];
  hops: number;
}

/** A standard queue whose message groups are rooms: a busy room waits for itself alone. */
export interface FairQueue {
  add(letter: Letter): void;
  /** Takes up to `count`; quiet groups go first. They are in flight until they are done. */
  take(count: number): Letter[];
  done(letter: Letter): void;
  readonly length: number;
  waiting(): readonly Letter[];
}

/**
 * Above both, a group is noisy: its share of what is in flight, and how many of it are.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 */
const NOISY_SHARE = 0.1;
const NOISY_MIN = 30;

export function createFairQueue(): FairQueue {
  const quiet = createLine();
  const noisy = createLine();
  const inFlight = new Map<number, number>();
  let flying = 0;

  const isNoisy = (room: number) => {
    const own = inFlight.get(room) ?? 0;
    return own >= NOISY_MIN && own > flying * NOISY_SHARE;
  };

  /** Of the quiet line, whoever has become noisy meanwhile goes over to the other. */
  function next(): Letter | undefined {
    for (let letter = quiet.shift(); letter !== undefined; letter = quiet.shift()) {
      if (!isNoisy(letter.room)) return letter;
      noisy.push(letter);
    }
    return noisy.shift();
  }

  return {
    add(letter) {
      (isNoisy(letter.room) ? noisy : quiet).push(letter);
    },
    take(count) {
      const taken: Letter[] = [];
      while (taken.length < count) {
        const letter = next();
        if (letter === undefined) break;
        inFlight.set(letter.room, (inFlight.get(letter.room) ?? 0) + 1);
        flying += 1;
        taken.push(letter);
      }
      return taken;
    },
    done({ room }) {
      const left = (inFlight.get(room) ?? 0) - 1;
      if (left > 0) inFlight.set(room, left);
      else inFlight.delete(room);
      flying -= 1;
    },
    get length() {
      return quiet.length + noisy.length;
    },
    waiting: () => [...quiet.waiting(), ...noisy.waiting()],
  };
}

/** First in, first out, without moving what waits. */
function createLine() {
  let letters: Letter[] = [];
  let first = 0;
  return {
    push: (letter: Letter) => void letters.push(letter),
    shift(): Letter | undefined {
      const letter = letters[first];
      if (letter === undefined) return undefined;
      first += 1;
      if (first > 1_000 && first * 2 > letters.length) {
        letters = letters.slice(first);
        first = 0;
      }
      return letter;
    },
    get length() {
      return letters.length - first;
    },
    waiting: () => letters.slice(first),
  };
}
