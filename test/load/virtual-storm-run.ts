import { fullJitter } from '../../client/backoff.ts';
import { createConnection } from '../../client/connection.ts';
import { createLink } from '../../client/link.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { createFakeSocket } from '../unit/client/fake-socket.ts';
import { createVirtualTime } from './virtual-time.ts';

export interface VirtualStormOptions {
  clients: number;
  /** New connections a second that are let in; the bucket holds one second's worth. */
  admitted: number;
  seed: number;
  onProgress: (line: string) => void;
}

export interface VirtualStormReport {
  clients: number;
  /** From the cut until the last client is connected again. */
  secondsToRecover: number;
  /** What admission alone would take. */
  secondsAtLeast: number;
  attempts: number;
  attemptsPerClient: number;
  peakAttemptsPerSecond: number;
  /** In the second half of the recovery. */
  laterPeakAttemptsPerSecond: number;
  attemptsPerSecond: number[];
  heapMegabytes: number;
}

/** The library's defaults. */
const BACKOFF_BASE_MS = 500;
const BACKOFF_MAX_MS = 30_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_AGE_MS = 7_200_000;

const ANSWER_MS = 20;
/** The clients have been connected for longer than the library asks of a stable connection. */
const BEFORE_MS = 60_000;
const GIVE_UP_MS = 24 * 60 * 60_000;
const PROGRESS_EVERY_SECONDS = 30;

/** The library's own reconnects, all at once, against a gateway that admits so many a second. */
export function runVirtualStorm(options: VirtualStormOptions): VirtualStormReport {
  const { admitted, onProgress } = options;
  const time = createVirtualTime();
  const random = seededRandom(options.seed);
  const backoff = fullJitter(BACKOFF_BASE_MS, BACKOFF_MAX_MS, random);
  const open = new Set<ReturnType<typeof createFakeSocket>>();
  const attemptsPerSecond: number[] = [];
  let cutAt = Number.POSITIVE_INFINITY;
  let tokens = admitted;
  let refilledAt = 0;
  let lastOpenAt = 0;

  function admit(): boolean {
    if (cutAt > time.now()) return true;
    tokens = Math.min(admitted, tokens + ((time.now() - refilledAt) * admitted) / 1_000);
    refilledAt = time.now();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }

  function dial() {
    const socket = createFakeSocket({
      url: 'ws://storm.test/live',
      protocols: [],
      onSend() {},
      onClosed: () => void open.delete(socket),
    });
    const second = Math.floor((time.now() - cutAt) / 1_000);
    if (second >= 0) attemptsPerSecond[second] = (attemptsPerSecond[second] ?? 0) + 1;
    const isAdmitted = admit();
    time.after(ANSWER_MS, () => {
      if (!isAdmitted) return socket.shut(1006, 'Unexpected server response: 429');
      open.add(socket);
      lastOpenAt = time.now();
      socket.accept();
    });
    return socket;
  }

  const clients = Array.from({ length: options.clients }, () => {
    const client = createConnection({
      clock: time,
      random,
      maxAgeMs: MAX_AGE_MS,
      backoff,
      createLink: (events) =>
        createLink({
          ...events,
          dial,
          clock: time,
          requestTimeoutMs: REQUEST_TIMEOUT_MS,
          onFrame() {},
          onSilence() {},
        }),
      onLinkOpen: (link) => client.ready(link),
      onCurrentChange() {},
      onState() {},
      onFailure() {},
    });
    client.open();
    return client;
  });
  while (time.step(BEFORE_MS)) {}
  onProgress(`${open.size} clients are connected`);

  time.after(BEFORE_MS, () => {
    cutAt = time.now();
    refilledAt = cutAt;
    for (const socket of [...open]) socket.shut(1006);
  });
  while (time.now() < GIVE_UP_MS && !(open.size === clients.length && time.now() > cutAt)) {
    const second = Math.floor((time.now() - cutAt) / 1_000);
    if (!time.step(GIVE_UP_MS)) break;
    const after = Math.floor((time.now() - cutAt) / 1_000);
    if (after > second && after % PROGRESS_EVERY_SECONDS === 0) {
      onProgress(`${after} s: ${open.size} back, ${attemptsPerSecond[after - 1] ?? 0} attempts/s`);
    }
  }
  const heapMegabytes = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
  for (const client of clients) client.close();

  const perSecond = Array.from(attemptsPerSecond, (count) => count ?? 0);
  const attempts = perSecond.reduce((sum, count) => sum + count, 0);
  return {
    clients: clients.length,
    secondsToRecover: (lastOpenAt - cutAt) / 1_000,
    secondsAtLeast: Math.max(0, clients.length / admitted - 1),
    attempts,
    attemptsPerClient: attempts / clients.length,
    peakAttemptsPerSecond: Math.max(...perSecond),
    laterPeakAttemptsPerSecond: Math.max(...perSecond.slice(Math.ceil(perSecond.length / 2))),
    attemptsPerSecond: perSecond,
    heapMegabytes,
  };
}
