import { decodeTime, isValid } from 'ulid';
import { ROOM_ID_PATTERN } from '../../shared/domain/room.ts';
import { CliError, parseOptions, readTarget, TARGET_HELP, type Target } from '../common/options.ts';
import type { Subject } from './subject.ts';

export const HELP = `Usage: npm run tail -- --room <room> | --message <id> [options]

Follows the messages of a room, or one message, from the gateway to the members, by what
the functions have logged: received, stored, fan-out, enqueued, delivered, and what became
of those who did not take theirs.

  --room <room>         all messages of this room
  --message <id>        the message with this id (messageId, as its sender was told)
  --since <time>        how far back to begin: 90s, 10m, 2h or 1d; of a message,
                        since it was sent                        default 10m
  --follow              go on with what comes, until Ctrl-C
${TARGET_HELP}

The local log is functions.log in the data directory. A deployed stack is asked through
CloudWatch Logs Insights, which charges by what it reads, and with --follow through Live
Tail, by the minute. No log has the text of a message. Exits with 1 when nothing was found.`;

export interface CommandLine extends Target {
  subject: Subject;
  /** Milliseconds since the epoch. */
  since: number;
  follow: boolean;
}

const UNIT_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The clock of the function that gave the id out may be ahead of the logs'. */
const CLOCK_MARGIN_MS = 60_000;

/** As far as a room goes back unless told otherwise. */
const DEFAULT_SINCE = '10m';

/** @throws CliError */
export function readCommandLine(args: string[], now: number): CommandLine | 'help' {
  const values = parseOptions('tail', args, {
    room: { type: 'string' },
    message: { type: 'string' },
    since: { type: 'string' },
    follow: { type: 'boolean' },
  });
  if (values.help === true) return 'help';
  const { room, message, since } = values;
  if ((room === undefined) === (message === undefined)) {
    throw new CliError('Give --room with the id of a room, or --message with that of a message.');
  }
  const subject = readSubject(room, message ?? '');
  return {
    subject,
    since:
      since === undefined && subject.kind === 'message'
        ? decodeTime(subject.messageId) - CLOCK_MARGIN_MS
        : now - duration(since ?? DEFAULT_SINCE),
    follow: values.follow === true,
    ...readTarget(values),
  };
}

function readSubject(roomId: string | undefined, messageId: string): Subject {
  if (roomId !== undefined) {
    if (ROOM_ID_PATTERN.test(roomId)) return { kind: 'room', roomId };
    throw new CliError(`--room must be the id of a room, not "${roomId}".`);
  }
  if (isValid(messageId)) return { kind: 'message', messageId: messageId.toUpperCase() };
  throw new CliError(`--message must be a messageId of 26 characters, not "${messageId}".`);
}

function duration(text: string): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (Number(count) > 0) return Number(count) * (UNIT_MS[unit] ?? 0);
  throw new CliError(`--since must be a time such as 90s, 10m, 2h or 1d, not "${text}".`);
}
