import type { PingRequest, PongReply } from '../shared/protocol/frames.ts';
import type { Link } from './link.ts';

export interface Heartbeat {
  /** Pings from now on, until the link ends. */
  start(link: Link): void;
  /** Finds out within seconds whether the link is still alive, and whether anything was missed. */
  probe(link: Link | undefined): void;
}

export interface HeartbeatOptions {
  random: () => number;
  heartbeatMs: number;
  /** The positions of all rooms entered on the link, in frames of at most 50. */
  pings(link: Link): PingRequest[];
  onPong(link: Link, ping: PingRequest, pong: PongReply): void;
}

const PROBE_TIMEOUT_MS = 5_000;
/** A single answer may get lost on a link that is alive. */
const PROBE_ATTEMPTS = 3;

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  function ping(link: Link): void {
    for (const frame of options.pings(link)) {
      link.request(frame, (outcome) => {
        if ('type' in outcome && outcome.type === 'pong') options.onPong(link, frame, outcome);
      });
    }
  }

  /** Idle or not: where the last message of a room was lost, nothing else would tell. */
  function start(link: Link): void {
    link.after(options.heartbeatMs * (0.8 + 0.2 * options.random()), () => {
      ping(link);
      start(link);
    });
  }

  function probe(link: Link | undefined): void {
    if (!link?.isOpen || link.isProbed) return;
    link.isProbed = true;
    const heardBefore = link.heard;
    const attempt = (left: number): void => {
      if (link.heard !== heardBefore) link.isProbed = false;
      else if (left === 0) link.fail('silent');
      else {
        ping(link);
        link.after(PROBE_TIMEOUT_MS, () => attempt(left - 1));
      }
    };
    attempt(PROBE_ATTEMPTS);
  }

  return { start, probe };
}
