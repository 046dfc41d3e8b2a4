import type { Clock, DeliveryJob, DeliveryQueue } from '../domain/ports.ts';
import type { TravelTimes } from './frames.ts';
import type { packFrames } from './wire-entry.ts';

/**
 * The times that a pushed message passed by, put into the frame that carries it: for a stack that was
 * told to. All of them wrap what a function uses anyway, so that a stack without them does nothing.
 * The object stands at the very end, where it can be completed without parsing the messages.
 */

/** The last frame of a fan-out, which holds its newest message, gets that message's times. */
export function packTimed(pack: typeof packFrames, clock: Clock): typeof packFrames {
  return (roomId, entries, head) => {
    const streamedAt = clock.now();
    const frames = pack(roomId, entries, head);
    const last = frames.at(-1);
    const newest = entries.findLast(({ kind }) => kind === 'message');
    if (last === undefined || newest?.kind !== 'message') return frames;
    const { seq, receivedAt, sentAt } = newest;
    const times = { receivedAt, sentAt, streamedAt };
    return frames.with(
      -1,
      `${last.slice(0, -1)}${MARK}${JSON.stringify({ seq, ...toIso(times) })}}`,
    );
  };
}

/** Jobs say when they were put into the queue. */
export function enqueueTimed({ send }: DeliveryQueue, clock: Clock): DeliveryQueue {
  return {
    send(jobs, delaySeconds) {
      const enqueuedAt = clock.now();
      return send(
        jobs.map((job) => stamp(job, { enqueuedAt })),
        delaySeconds,
      );
    },
  };
}

/** Once per job, not per post: all of its recipients take the same frame. */
export function dequeueTimed(readJob: (body: string) => DeliveryJob, clock: Clock): typeof readJob {
  return (body) => stamp(readJob(body), { dequeuedAt: clock.now() });
}

const MARK = ',"travelTimes":';

function stamp(job: DeliveryJob, times: Record<string, number>): DeliveryJob {
  return { ...job, frames: job.frames.map((frame) => stampFrame(frame, toIso(times))) };
}

/** Only a frame with times ends with two braces; what was stamped before is overwritten. */
function stampFrame(frame: string, times: Partial<TravelTimes>): string {
  if (!frame.endsWith('}}')) return frame;
  const start = frame.lastIndexOf(MARK) + MARK.length;
  const known: TravelTimes = JSON.parse(frame.slice(start, -1));
  return `${frame.slice(0, start)}${JSON.stringify({ ...known, ...times })}}`;
}

const toIso = (times: Record<string, number>) =>
  Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, new Date(ms).toISOString()]));
