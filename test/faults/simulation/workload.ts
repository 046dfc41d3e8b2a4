import type { RoomLimits } from '../../../services/messages/2-fan-out/stagger.ts';
import type { Chance } from './chance.ts';
import {
  FAULTS,
  type Fault,
  type FaultRates,
  OUTAGES,
  type Outage,
  PLANNED_FAULTS,
  type PlannedFault,
} from './faults.ts';

/** Everything that a seed decides before the run begins. */
export interface Plan {
  seed: number;
  clients: readonly string[];
  rooms: readonly string[];
  actions: readonly Action[];
  rates: FaultRates;
  /** When faults end and everybody has to converge. */
  calmAtMs: number;
  /** The gateway's and the library's idea of how old a connection gets. */
  maxAgeMs: number;
  /** The gateway's rate, in posts and frames a second. */
  ratePerSecond: number;
  /** A few members are a crowd, where a room may post so little. */
  pacing: RoomLimits;
  /** Where a Query of the tables cuts a page. */
  pageBytes: number;
}

/** Something that is done at a planned time; times from the start of the run. */
export type Action = { id: string; atMs: number } & (
  | { do: 'open' | 'send' | 'leave' | 'look'; client: string; roomId: string; characters?: number }
  | { do: Exclude<PlannedFault, 'deploy' | 'stream-replayed' | Outage>; client: string }
  | { do: Outage; forMs: number }
  | { do: 'deploy' }
  | { do: 'stream-replayed'; share: number }
);

const NAMES = ['ann', 'ben', 'cleo', 'dan', 'eve', 'finn'];
const ROOMS = ['lobby', 'garden', 'attic'];

const SPAN_MS = 40_000;
const OPENING_MS = 8_000;
const OUTAGE_MAX_MS = 10_000;
const TWO_HOURS_MS = 2 * 60 * 60_000;
/** Four members or two messages: on AWS, too, a page holds more than one message. */
const SMALL_PAGE_BYTES = 450;

/**
 * Swarm testing: a seed does not suffer everything at once, which hides as much as it shows, but its
 * own choice of faults, each with a rate of its own. One in five suffers a single kind.
 */
export function planOf(seed: number, chance: Chance): Plan {
  const clients = NAMES.slice(0, chance.between(3, NAMES.length, 'clients'));
  const rooms = ROOMS.slice(0, chance.between(1, ROOMS.length, 'rooms'));
  const rotates = chance.of('rotates') < 0.15;
  const hasLong = chance.of('long') < 0.1;
  const share = chance.of('hot') < 0.5 ? chance.between(2, 20, 'share') : 4_000;
  return {
    seed,
    clients,
    rooms,
    actions: [
      ...openings(clients, rooms, chance),
      ...sends(clients, rooms, hasLong, chance),
      ...comings(clients, rooms, chance),
      ...plannedFaults(clients, chance),
    ].toSorted((a, b) => a.atMs - b.atMs),
    rates: ratesOf(chance),
    calmAtMs: SPAN_MS + 5_000,
    maxAgeMs: rotates ? 30_000 : TWO_HOURS_MS,
    pacing: { roomPostsPerSecond: share, roomPostsAtOnce: share, windowMaxMs: 2_000 },
    ratePerSecond: chance.of('narrow') < 0.15 ? 10 : 10_000,
    pageBytes: hasLong || chance.of('pages') < 0.5 ? 1_048_576 : SMALL_PAGE_BYTES,
  };
}

function ratesOf(chance: Chance): FaultRates {
  const all = Object.keys(FAULTS) as Fault[];
  const single = chance.of('single') < 0.2;
  const share = 0.15 + 0.6 * chance.of('share');
  const chosen = single
    ? all.slice(chance.between(0, all.length - 1, 'which')).slice(0, 1)
    : all.filter((fault) => chance.of(`choose ${fault}`) < share);
  return Object.fromEntries(
    chosen.map((fault) => [fault, FAULTS[fault].most * chance.of(`rate ${fault}`) ** 2]),
  );
}

/** Everybody opens some room at the beginning, and some open others later. */
function openings(clients: readonly string[], rooms: readonly string[], chance: Chance): Action[] {
  return clients.flatMap((client, index) =>
    rooms.flatMap((roomId) => {
      const id = `${client} opens ${roomId}`;
      if (rooms[index % rooms.length] !== roomId && chance.of(id) < 0.4) return [];
      const isLate = chance.of(`late ${id}`) < 0.25;
      const atMs = chance.between(0, isLate ? SPAN_MS : 1_000, `time ${id}`);
      return [{ id, atMs, do: 'open', client, roomId } as const];
    }),
  );
}

/** In bursts, since what happens at once is what goes wrong. */
function sends(
  clients: readonly string[],
  rooms: readonly string[],
  hasLong: boolean,
  chance: Chance,
): Action[] {
  const count = chance.between(15, 50, 'messages');
  const bursts = chance.between(2, 12, 'bursts');
  return Array.from({ length: count }, (_, index) => {
    const id = `message ${index}`;
    const burst = chance.between(1, bursts, `burst of ${id}`);
    const start = chance.between(500, SPAN_MS, `time of burst ${burst}`);
    return {
      id,
      atMs: start + chance.between(0, 2_000, `time ${id}`),
      do: 'send',
      client: clients[chance.between(0, clients.length - 1, `client ${id}`)] ?? '',
      roomId: rooms[chance.between(0, rooms.length - 1, `room ${id}`)] ?? '',
      characters: hasLong ? chance.between(500, 4_000, `length ${id}`) : 0,
    };
  });
}

function comings(clients: readonly string[], rooms: readonly string[], chance: Chance): Action[] {
  return clients.flatMap((client): Action[] => {
    const roomId = rooms[chance.between(0, rooms.length - 1, `room ${client}`)] ?? '';
    const atMs = chance.between(OPENING_MS, SPAN_MS, `coming ${client}`);
    const what = chance.of(`comes ${client}`);
    const leave = { id: `${client} leaves`, atMs, do: 'leave', client, roomId } as const;
    const back = {
      id: `${client} is back`,
      atMs: atMs + 4_000,
      do: 'open',
      client,
      roomId,
    } as const;
    const look = { id: `${client} looks`, atMs, do: 'look', client, roomId } as const;
    if (what < 0.1) return [leave];
    if (what < 0.25) return [leave, back];
    return what < 0.5 ? [look] : [];
  });
}

function plannedFaults(clients: readonly string[], chance: Chance): Action[] {
  const kinds = Object.keys(PLANNED_FAULTS) as PlannedFault[];
  return kinds.flatMap((kind) => {
    if (chance.of(`plan ${kind}`) < 0.65) return [];
    const count = chance.between(1, 3, `count ${kind}`);
    return Array.from({ length: count }, (_, index): Action => {
      const id = `${kind} ${index}`;
      const atMs = chance.between(1_000, SPAN_MS, `time ${id}`);
      if (kind === 'deploy') return { id, atMs, do: kind };
      if (isOutage(kind)) {
        return { id, atMs, do: kind, forMs: chance.between(500, OUTAGE_MAX_MS, `end ${id}`) };
      }
      if (kind === 'stream-replayed')
        return { id, atMs, do: kind, share: chance.of(`share ${id}`) };
      const client = clients[chance.between(0, clients.length - 1, `client ${id}`)] ?? '';
      return { id, atMs, do: kind, client };
    });
  });
}

const isOutage = (fault: PlannedFault): fault is Outage => fault in OUTAGES;
