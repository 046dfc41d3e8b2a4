import { setTimeout as delay } from 'node:timers/promises';
import { openBlackHoles } from './open-black-holes.ts';
import { type RoomLoadReport, runRoomLoad } from './room-load.ts';

export interface BlackHoleOptions {
  /** `ws://…/live` */
  url: string;
  /** In the room, black holes included. */
  members: number;
  holes: number;
  /** Messages per second. */
  rate: number;
  seconds: number;
  onProgress: (line: string) => void;
}

/** What those who read got. */
type Others = Pick<RoomLoadReport, 'sent' | 'deliveries' | 'lost' | 'duplicated' | 'latencyMs'> & {
  members: number;
};

export interface BlackHoleReport {
  without: Others;
  withHoles: Others;
  blackHoles: number;
  /** Those that are still members of the room at the end. */
  blackHolesLeft: number;
  /** From the first message until none was a member any more; absent when some still were. */
  secondsUntilGone?: number;
}

const WARM_UP = { connections: 100, rooms: 1, rate: 5, seconds: 5 };
const POLL_MS = 500;
/** After the last message. */
const PATIENCE_MS = 60_000;

/** The same room twice: once everybody reads, once some are black holes. */
export async function runBlackHoles(options: BlackHoleOptions): Promise<BlackHoleReport> {
  const { url, members, holes, rate, seconds, onProgress } = options;
  const load = { url, rooms: 1, rate, seconds, connectsPerSecond: 50, onProgress };

  onProgress('Warming up');
  await runRoomLoad({ ...load, ...WARM_UP });
  onProgress(`${members} members who all read`);
  const without = await runRoomLoad({ ...load, connections: members });

  onProgress(`${members - holes} members who read, and ${holes} black holes`);
  const cleanUps: (() => void)[] = [];
  try {
    let goneAfter: Promise<number | undefined> = Promise.resolve(undefined);
    let left = holes;
    const withHoles = await runRoomLoad({
      ...load,
      connections: members - holes,
      async beforeSending([roomId = '']) {
        const blackHoles = await openBlackHoles({ url, roomId, count: holes, onProgress });
        cleanUps.push(blackHoles.close);
        goneAfter = watch(roomId);
      },
    });
    const secondsUntilGone = await goneAfter;
    return {
      without: toOthers(without, members),
      withHoles: toOthers(withHoles, members - holes),
      blackHoles: holes,
      blackHolesLeft: left,
      ...(secondsUntilGone !== undefined && { secondsUntilGone }),
    };

    async function watch(roomId: string): Promise<number | undefined> {
      const startedAt = performance.now();
      const elapsed = () => performance.now() - startedAt;
      while (left > 0 && elapsed() < seconds * 1_000 + PATIENCE_MS) {
        await delay(POLL_MS);
        const before = left;
        left = await countBlackHoles(url, roomId);
        if (left !== before) onProgress(`${left} black holes are left`);
      }
      return left > 0 ? undefined : elapsed() / 1_000;
    }
  } finally {
    for (const cleanUp of cleanUps) cleanUp();
  }
}

/** Presence lists 200 users, sorted: black holes come before those who read. */
async function countBlackHoles(url: string, roomId: string): Promise<number> {
  const origin = url.replace('ws', 'http').replace(/\/live$/, '');
  const response = await fetch(`${origin}/api/rooms/${roomId}/presence?userId=observer`);
  const { users } = (await response.json()) as { users: string[] };
  return users.filter((user) => user.startsWith('hole-')).length;
}

function toOthers(report: RoomLoadReport, members: number): Others {
  const { sent, deliveries, lost, duplicated, latencyMs } = report;
  return { members, sent, deliveries, lost, duplicated, latencyMs };
}
