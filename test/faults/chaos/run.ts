import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayFaults } from '../../../local/gateway/faults.ts';
import { startLocalStack } from '../../../local/stack.ts';
import type { Hop } from '../../../local/trace.ts';
import { temporaryDirectory } from '../../support/assembly.ts';
import { now } from '../../support/now.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import type { FinalState, HistoryEvent } from '../checker/history.ts';
import { carryOut } from './carry-out.ts';
import { aliveWithoutConnection, converge } from './converge.ts';
import { type Crowd, startCrowd } from './crowd.ts';
import { createInject } from './inject.ts';
import { planFaults } from './plan.ts';
import { HISTORY_READER, readHistory } from './read-history.ts';
import { readLog } from './read-tables.ts';

export interface ChaosOptions {
  clients: number;
  rooms: number;
  /** How long faults begin, and clients talk at least. */
  seconds: number;
  /** Messages a second that one client sends. */
  rate: number;
  seed: number;
  signal: AbortSignal;
  onProgress: (line: string) => void;
}

export interface ChaosRun {
  history: readonly HistoryEvent[];
  final: FinalState;
  /** How many faults were to be injected. */
  planned: number;
  postsByStatus: Record<number, number>;
  /** What the stack complained of: under these faults it has to. */
  problems: readonly string[];
  /** From the end of the last fault until everybody had seen everything. */
  quietSeconds: number;
}

/** Little, since the system has megabytes of its own for one connection. */
const OUTBOUND_BUFFER_BYTES = 64 * 1024;
const PROGRESS_MS = 5_000;

/**
 * Runs a stack and its clients, breaks what the plan says, waits until everybody has seen everything,
 * and returns what happened. Nothing is left behind, whatever goes wrong.
 *
 * @throws the reason of `signal` when that aborts
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosRun> {
  const { seconds, seed, signal, onProgress } = options;
  const random = seededRandom(seed);
  const plan = planFaults(seconds * 1_000, random);
  const roomIds = Array.from({ length: options.rooms }, (_, index) => `room-${index}`);
  const roomsOf = new Map(
    Array.from({ length: options.clients }, (_, index) => [
      `client-${index}`,
      roomIds[index % roomIds.length] ?? '',
    ]),
  );
  const history: HistoryEvent[] = [];
  const problems: string[] = [];
  // `$disconnect` is best effort: who has gone without it is found by the next post.
  const gatewayFaults: GatewayFaults = { dropDisconnect: 0.5 };
  const hops = createHops();
  const unlessAborted = raceWith(signal);
  const data = temporaryDirectory();
  // Reached too when the process is told to go at once.
  process.once('exit', data.remove);

  onProgress('Synthesising and starting a local stack …');
  const starting = startLocalStack({
    dataDir: data.path,
    port: 0,
    faults: gatewayFaults,
    gatewayLimits: { outboundBufferBytes: OUTBOUND_BUFFER_BYTES },
    trace: hops.pass,
    onProblem: (problem) => problems.push(problem),
    onPost({ connectionId, bytes, status }) {
      if (bytes === undefined) return;
      history.push({ kind: 'posted', at: now(), connectionId, bytes, outcome: String(status) });
    },
  });
  let crowd: Crowd | undefined;
  let progress: NodeJS.Timeout | undefined;
  try {
    const stack = await unlessAborted(starting);
    crowd = await startCrowd({ url: stack.webSocketUrl, roomsOf, rate: options.rate, seed });
    await unlessAborted(crowd.tell('enter', {}));
    onProgress(`${roomsOf.size} clients are in ${roomIds.length} rooms, and talk.`);
    await crowd.tell('talk', {});
    const startedAt = now();
    const elapsed = (at: number) => `${Math.round((at - startedAt) / 1_000)} s`;
    progress = setInterval(tellProgress, PROGRESS_MS, crowd, elapsed);

    const over = new AbortController();
    const time = delay(seconds * 1_000, undefined, { signal }).then(() => over.abort());
    const inject = createInject({
      stack,
      gatewayFaults,
      crowd,
      random,
      onHop: hops.on,
      over: over.signal,
    });
    const faults = carryOut({
      plan,
      inject,
      signal,
      onFault(fault) {
        history.push(fault);
        onProgress(`${fault.fault} at ${elapsed(fault.at)}: ${fault.detail}`);
      },
    });
    await unlessAborted(Promise.all([time, faults]));

    onProgress('The faults are over; everybody catches up.');
    const quietFrom = now();
    const { members, connections } = await unlessAborted(
      converge({ stack, crowd, roomsOf, onProgress }),
    );
    const quietSeconds = (now() - quietFrom) / 1_000;
    // The log is read last: whatever was acknowledged by the end of the history has to be in it.
    const seen = await unlessAborted(crowd.tell('end', {}));
    for (const roomId of roomIds) history.push(...(await readHistory(stack.origin, roomId)));
    const log = await readLog(stack);
    return {
      history: [...history, ...seen.history].sort((a, b) => a.at - b.at),
      final: {
        log,
        members,
        connections: [...connections, aliveWithoutConnection(HISTORY_READER)],
      },
      planned: plan.length,
      postsByStatus: stack.gateway.stats().postsByStatus,
      problems,
      quietSeconds,
    };
  } finally {
    clearInterval(progress);
    await crowd?.stop();
    await starting.then((stack) => stack.stop()).catch(() => {});
    data.remove();
    process.off('exit', data.remove);
  }

  async function tellProgress(members: Crowd, elapsed: (at: number) => string): Promise<void> {
    // There is nobody to ask any more once the run has ended.
    const said = await members.tell('progress', {}).catch(() => undefined);
    if (said === undefined) return;
    const faults = history.filter(({ kind }) => kind === 'fault').length;
    onProgress(
      `${elapsed(now())}: ${faults} faults, ${said.open} clients connected, ${said.sent} messages ` +
        `sent, ${said.acknowledged} acknowledged, ${said.shown} shown`,
    );
  }
}

/** Lets faults strike at the moment in which a message passes a hop. */
function createHops() {
  const listeners = new Map<() => void, Hop>();
  return {
    pass(hop: Hop): void {
      for (const [listener, at] of [...listeners]) if (at === hop) listener();
    },
    /** Returns the function that unsubscribes. */
    on(hop: Hop, listener: () => void): () => void {
      listeners.set(listener, hop);
      return () => void listeners.delete(listener);
    },
  };
}

function raceWith(signal: AbortSignal) {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => {});
  return <T>(work: Promise<T>): Promise<T> => Promise.race([work, aborted]);
}
