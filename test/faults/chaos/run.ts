import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayFaults } from '../../../local/gateway/faults.ts';
import { startLocalStack } from '../../../local/stack.ts';
import type { Hop } from '../../../local/trace.ts';
import { temporaryDirectory } from '../../support/assembly.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import type { FinalState, HistoryEvent } from '../checker/history.ts';
import { type Crowd, startCrowd } from './crowd.ts';
import { readFinalState } from './final-state.ts';
import { createInject, type Inject } from './inject.ts';
import { now } from './now.ts';
import { planFaults } from './plan.ts';
import { HISTORY_READER, readHistory } from './read-history.ts';

export interface ChaosOptions {
  clients: number;
  rooms: number;
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
  /** From the last fault until everybody had seen everything. */
  quietSeconds: number;
}

/** Frames that the gateway buffers for one connection: little, since the system buffers megabytes. */
const OUTBOUND_BUFFER_BYTES = 64 * 1024;
const PROGRESS_MS = 5_000;
/** Far more than it takes; who is not there by then is reported by the checker. */
const QUIET_MS = 120_000;
const WORD_MS = 40_000;

/**
 * Runs a stack and its clients, breaks what the plan says, waits until everybody has seen everything,
 * and returns what happened. Nothing is left behind, whatever goes wrong.
 *
 * @throws the reason of `signal` when that aborts
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosRun> {
  const { seed, signal, onProgress } = options;
  const random = seededRandom(seed);
  const plan = planFaults(options.seconds * 1_000, random);
  const roomIds = Array.from({ length: options.rooms }, (_, index) => `room-${index}`);
  const history: HistoryEvent[] = [];
  const problems: string[] = [];
  const gatewayFaults: GatewayFaults = {};
  const listeners = new Set<{ hop: Hop; listener: () => void }>();
  const data = temporaryDirectory();
  // Reached too when the process is told to go at once.
  process.once('exit', data.remove);

  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => {});
  const unlessAborted = <T>(work: Promise<T>): Promise<T> => Promise.race([work, aborted]);

  onProgress('Synthesising and starting a local stack …');
  const starting = startLocalStack({
    dataDir: data.path,
    port: 0,
    faults: gatewayFaults,
    gatewayLimits: { outboundBufferBytes: OUTBOUND_BUFFER_BYTES },
    onProblem: (problem) => problems.push(problem),
    onPost({ connectionId, bytes, status }) {
      if (bytes === undefined) return;
      history.push({ kind: 'posted', at: now(), connectionId, bytes, outcome: String(status) });
    },
    trace(hop) {
      for (const entry of [...listeners]) if (entry.hop === hop) entry.listener();
    },
  });
  let crowd: Crowd | undefined;
  try {
    const stack = await unlessAborted(starting);
    const rate = options.rate;
    const settings = { url: stack.webSocketUrl, clients: options.clients, roomIds, rate, seed };
    crowd = await startCrowd(settings);
    await unlessAborted(crowd.tell('enter', {}));
    onProgress(`${options.clients} clients are in ${roomIds.length} rooms, and talk.`);
    await crowd.tell('talk', {});

    const over = new AbortController();
    const inject = createInject({
      stack,
      gatewayFaults,
      crowd,
      random,
      over: over.signal,
      onHop(hop, listener) {
        const entry = { hop, listener };
        listeners.add(entry);
        return () => void listeners.delete(entry);
      },
    });
    const faults = carryOut(inject, crowd);
    const time = delay(options.seconds * 1_000, undefined, { signal });
    await unlessAborted(Promise.all([time.then(() => over.abort()), faults]));

    onProgress('The faults are over; everybody catches up.');
    const quietFrom = now();
    const final = await unlessAborted(converge(crowd));
    const quietSeconds = (now() - quietFrom) / 1_000;
    for (const roomId of roomIds) history.push(...(await readHistory(stack.origin, roomId)));
    const seen = await unlessAborted(crowd.tell('end', {}));
    return {
      history: [...history, ...seen.history].sort((a, b) => a.at - b.at),
      final,
      planned: plan.length,
      postsByStatus: stack.gateway.stats().postsByStatus,
      problems,
      quietSeconds,
    };

    async function converge(members: Crowd): Promise<FinalState> {
      const deadline = now() + QUIET_MS;
      await members.tell('hush', { withinMs: QUIET_MS });
      for (;;) {
        // The connections that have gone are found by the next message of their room.
        const { behind } = await members.tell('word', { withinMs: WORD_MS });
        await stack.idle();
        const state = withEverybody(await readFinalState(stack, roomOf));
        const open = new Set(state.connections.map(({ connectionId }) => connectionId));
        const isSettled =
          behind === 0 &&
          open.size === options.clients + 1 &&
          state.members.every(({ connectionId }) => open.has(connectionId));
        if (isSettled || now() > deadline) return state;
        onProgress(
          `${behind} clients are behind, ${open.size - 1} connected, ${state.members.length} members.`,
        );
      }
    }
  } finally {
    await crowd?.stop();
    await starting.then((stack) => stack.stop()).catch(() => {});
    data.remove();
    process.off('exit', data.remove);
  }

  async function carryOut(inject: Inject, members: Crowd): Promise<void> {
    const startedAt = now();
    const progress = setInterval(async () => {
      const { open, sent, acknowledged, shown } = await members.tell('progress', {});
      const faults = history.filter(({ kind }) => kind === 'fault').length;
      const seconds = Math.round((now() - startedAt) / 1_000);
      onProgress(
        `${seconds} s: ${faults} faults, ${open} clients connected, ${sent} messages sent, ` +
          `${acknowledged} acknowledged, ${shown} shown`,
      );
    }, PROGRESS_MS);
    try {
      await Promise.all(
        plan.map(async (fault) => {
          await delay(fault.atMs, undefined, { signal });
          const injected = await inject(fault);
          if (injected === undefined) return;
          const { at, detail } = injected;
          history.push({ kind: 'fault', at, fault: fault.kind, detail });
          onProgress(`${fault.kind} at ${Math.round((at - startedAt) / 1_000)} s: ${detail}`);
        }),
      );
    } finally {
      clearInterval(progress);
    }
  }

  function roomOf(client: string): string {
    return roomIds[Number(client.replace('client-', '')) % roomIds.length] ?? '';
  }

  /** Who is not connected at the end is owed everything all the same, and so is who reads over HTTP. */
  function withEverybody(state: FinalState): FinalState {
    const connected = new Set(state.connections.map(({ client }) => client));
    const all = Array.from({ length: options.clients }, (_, index) => `client-${index}`);
    const absent = [...all, HISTORY_READER].filter((client) => !connected.has(client));
    return {
      ...state,
      connections: [
        ...state.connections,
        ...absent.map((client) => ({
          connectionId: `none of ${client}`,
          client,
          alive: true,
          rooms: [],
        })),
      ],
    };
  }
}
