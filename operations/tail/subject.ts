import { type LogLine, seqsOf } from './log-line.ts';

/** What is followed. */
export type Subject = { kind: 'room'; roomId: string } | { kind: 'message'; messageId: string };

/** Picks the lines about the subject out of all lines, whatever their order. */
export interface Follower {
  /** What has become known by this line: itself, and lines that came before it too early. */
  take(line: LogLine): LogLine[];
}

/** Lines that wait for a message to be stored: fan-out may have logged before send has. */
const WAITING_MAX = 10_000;

/**
 * A message is known to all but send by room and number. The line of send says which these are, so
 * what came before it is kept until then.
 */
export function createFollower(subject: Subject): Follower {
  if (subject.kind === 'room') {
    return { take: (line) => (line.roomId === subject.roomId ? [line] : []) };
  }
  let found: { roomId: string; seq: number } | undefined;
  let waiting: LogLine[] = [];

  const isAboutIt = (line: LogLine): boolean => {
    const [first, last] = seqsOf(line) ?? [0, -1];
    return (
      found !== undefined && line.roomId === found.roomId && first <= found.seq && found.seq <= last
    );
  };

  return {
    take(line) {
      if (line.message === 'stored') {
        if (line.messageId !== subject.messageId) return [];
        found = line;
        const early = waiting.filter(isAboutIt);
        waiting = [];
        return [line, ...early];
      }
      if (found !== undefined) return isAboutIt(line) ? [line] : [];
      waiting.push(line);
      if (waiting.length > WAITING_MAX) waiting.shift();
      return [];
    },
  };
}
