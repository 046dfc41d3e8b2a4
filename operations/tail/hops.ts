import { counted, inOneLine } from '../common/table.ts';
import { type LogLine, seqsOf } from './log-line.ts';

/** A station on a message's way. */
export interface Hop {
  /** Milliseconds since the epoch. */
  at: number;
  name: string;
  roomId: string;
  /** `17`, or `17-19` of several together. */
  seqs: string;
  detail: string;
}

const REASON_MAX_CHARACTERS = 160;

/** What a line says, as the stations of the way. */
export function hopsOf(line: LogLine): Hop[] {
  const { roomId } = line;
  const [first, last] = seqsOf(line) ?? [];
  const numbers = first === undefined ? '' : first === last ? String(first) : `${first}-${last}`;
  const hop = (name: string, detail: string, at = Date.parse(line.timestamp)): Hop => ({
    at,
    name,
    roomId,
    seqs: numbers,
    detail,
  });

  switch (line.message) {
    case 'stored':
      return [
        hop('received', 'by the gateway', line.receivedAt),
        hop('stored', line.duplicate ? `${line.messageId}, sent again` : line.messageId),
      ];
    case 'room fanned out':
    case 'room flushed':
      if (line.frames === 0) return [];
      return [
        hop(
          line.message === 'room flushed' ? 'flush' : 'fan-out',
          `${counted(line.members, 'member')}, ${counted(line.frames, 'frame')}`,
        ),
        hop('enqueued', counted(line.jobs, 'job')),
      ];
    case 'left to a flush':
      return [hop('left', 'to a flush of the room')];
    case 'part fanned out':
      return [hop('enqueued', `${counted(line.jobs, 'job')}, for ${line.members} of the members`)];
    case 'job delivered':
      return deliveredHops(line).map(([name, detail]) => hop(name, detail));
    case 'fan-out of a room failed':
    case 'delivery job failed':
      return [hop('failed', `${line.message}: ${reasonOf(line.error)}`)];
    default:
      return [hop('lost', `${line.message}: ${line.connectionIds}`)];
  }
}

type Failed = Extract<LogLine, { message: 'delivery job failed' }>;
type Delivered = Extract<LogLine, { message: 'job delivered' }>;

/** A station for each outcome, the best first, and one for those who are tried again. */
function deliveredHops({ outcomes, recipients, hops, requeued, givenUp }: Delivered) {
  const stations = Object.entries(outcomes)
    .toSorted(([a], [b]) => Number(b === 'delivered') - Number(a === 'delivered'))
    .map(([outcome, times]): [string, string] => [outcome, `${times} of ${recipients}`]);
  const again = hops > 0 ? `, attempt ${hops + 1}` : '';
  if (requeued > 0) stations.push(['enqueued', `${requeued} once more${again}`]);
  if (givenUp > 0) stations.push(['given up', `${givenUp} after ${hops + 1} attempts`]);
  return stations;
}

const reasonOf = (error: Failed['error']) =>
  inOneLine(`${error?.name ?? 'Error'}: ${error?.message ?? ''}`, REASON_MAX_CHARACTERS);

/** `12:03:04.131  stored     lobby  17  …`, with the time since the gateway of a message has it. */
export function toText({ at, name, roomId, seqs, detail }: Hop, receivedAt?: number): string {
  const time = new Date(at).toISOString().slice(11, 23);
  const since = receivedAt === undefined || at <= receivedAt ? '' : `  +${at - receivedAt} ms`;
  return `${time}  ${name.padEnd(9)}  ${roomId}  ${seqs.padStart(5)}  ${detail}${since}`;
}
