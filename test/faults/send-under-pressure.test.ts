import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Sent } from '../../services/messages/1-send/send.ts';
import { ChatError } from '../../shared/domain/errors.ts';
import { SEND_ANSWER_WITHIN_MS } from '../../shared/domain/limits.ts';
import { createSendUnderPressure, type Pressure, type SendUnderPressure } from './send-pressure.ts';
import type { RequestFate } from './simulation/simulated-client.ts';

const ROOM = 'lobby';
/** When a request is given up by the functions' client. */
const REQUEST_TIMEOUT_MS = 1_000;

interface Outcome {
  clientMessageId: string;
  tookMs: number;
  sent?: Sent;
  refused?: ChatError;
}

interface Sending {
  clientMessageId: string;
  atMs: number;
}

async function sendAll(run: SendUnderPressure, sendings: readonly Sending[]): Promise<Outcome[]> {
  const { sends, time } = run;
  const outcomes: Outcome[] = [];
  for (const [index, { clientMessageId, atMs }] of sendings.entries()) {
    time.after(atMs, async () => {
      const send = sends[index % sends.length];
      const command = { roomId: ROOM, userId: 'ada', text: clientMessageId, clientMessageId };
      const tookMs = () => time.now() - atMs;
      try {
        const sent = await send?.({ ...command, receivedAt: atMs }, Promise.resolve());
        outcomes.push({ clientMessageId, tookMs: tookMs(), ...(sent && { sent }) });
      } catch (error) {
        outcomes.push({ clientMessageId, tookMs: tookMs(), refused: error as ChatError });
      }
    });
  }
  await run.settle();
  expect(outcomes).toHaveLength(sendings.length);
  return outcomes;
}

/** What is acknowledged is stored, once and as it was acknowledged; the rest was refused in time. */
function expectAcceptedIsStored(run: SendUnderPressure, outcomes: readonly Outcome[]): void {
  const messages = run.tables.itemsOf('Messages').filter(({ kind }) => kind === 'message');
  const ids = messages.map(({ clientMessageId }) => clientMessageId);
  expect(new Set(ids).size).toBe(ids.length);
  // What a number has become, message or void, it stays.
  const changes = run.tables.streamOf('Messages').records.map(({ eventName }) => eventName);
  expect(changes.filter((change) => change !== 'INSERT')).toEqual([]);

  const bySeq = new Map(messages.map((message) => [message.seq, message]));
  for (const { clientMessageId, tookMs, sent, refused } of outcomes) {
    expect(tookMs).toBeLessThanOrEqual(SEND_ANSWER_WITHIN_MS);
    if (sent !== undefined) {
      const { seq, messageId } = sent;
      expect(bySeq.get(seq)).toMatchObject({ messageId, clientMessageId, text: clientMessageId });
    } else {
      expect(refused).toBeInstanceOf(ChatError);
      expect(['UNAVAILABLE', 'CONFLICT', 'RATE_LIMITED']).toContain(refused?.code);
      expect(refused).toMatchObject({ retryable: true, retryAfterMs: expect.any(Number) });
    }
  }
}

/** Every request may be slow, throttled, in conflict, lost, or lost and done later. */
const spoiltBy =
  (chance: number): Pressure =>
  ({ random, wait }) =>
  async (name): Promise<RequestFate> => {
    const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
    await wait(random() < chance ? random() * REQUEST_TIMEOUT_MS : 5 + random() * 15);
    if (random() >= chance) return 'ok';
    const isTransaction = name === 'TransactWriteItems';
    const fate = pick(['throttle', 'fail-before', 'conflict', 'lost', 'lost-and-late'] as const);
    if (fate === 'conflict') return isTransaction ? 'conflict' : 'throttle';
    if (fate === 'throttle' || fate === 'fail-before') return fate;
    const arrives = wait(random() * 5_000);
    await wait(REQUEST_TIMEOUT_MS);
    return fate === 'lost' ? pick(['lose-request', 'lose-reply']) : { arrives };
  };

const sendings = fc.array(
  fc.record({
    clientMessageId: fc.constantFrom('c-1', 'c-2', 'c-3', 'c-4', 'c-5'),
    atMs: fc.integer({ min: 0, max: 4_000 }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('accepted is stored', () => {
  it('however the tables behave', async () => {
    let sent = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        sendings,
        fc.constantFrom(0.1, 0.3, 0.6, 0.9),
        fc.nat(),
        async (planned, chance, seed) => {
          const run = createSendUnderPressure(seed, spoiltBy(chance), 3);
          const outcomes = await sendAll(run, planned);
          expectAcceptedIsStored(run, outcomes);
          sent += outcomes.filter((outcome) => outcome.sent).length;
          refused += outcomes.filter((outcome) => outcome.refused).length;
        },
      ),
      { numRuns: 150 },
    );
    expect(sent).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });

  it('and everything is accepted when they behave', async () => {
    const planned = Array.from({ length: 50 }, (_, index) => ({
      clientMessageId: `c-${index}`,
      atMs: index,
    }));
    const run = createSendUnderPressure(1, spoiltBy(0));

    const outcomes = await sendAll(run, planned);
    expectAcceptedIsStored(run, outcomes);
    expect(outcomes.every((outcome) => outcome.sent)).toBe(true);
  });
});

/** A fifth of what a partition takes in a second, so that the test is as much faster. */
const PARTITION_UNITS = 200;

/** Each partition has its units for each second; a transaction counts twice. */
const partitionsOf =
  (unitsPerSecond: number): Pressure =>
  ({ time, random, wait }) => {
    const partitions = new Map<string, { units: number; at: number }>();
    function take(partition: string, units: number): RequestFate {
      const { units: left, at } = partitions.get(partition) ?? { units: unitsPerSecond, at: 0 };
      const refilled = left + ((time.now() - at) * unitsPerSecond) / 1_000;
      const available = Math.min(unitsPerSecond, refilled);
      const isEnough = available >= units;
      partitions.set(partition, { units: available - (isEnough ? units : 0), at: time.now() });
      return isEnough ? 'ok' : 'throttle';
    }
    return async (name) => {
      await wait(3 + random() * 10);
      if (name === 'UpdateItem') return take('the row of the room', 1);
      if (name === 'TransactWriteItems') return take('the log of the room', 2);
      return name === 'PutItem' ? take('the log of the room', 1) : 'ok';
    };
  };

describe('a room that is offered three times what its log takes', () => {
  const SECONDS = 4;
  const OFFERED_PER_SECOND = 1.5 * PARTITION_UNITS;
  const planned = Array.from({ length: SECONDS * OFFERED_PER_SECOND }, (_, index) => ({
    clientMessageId: `c-${index}`,
    atMs: (index * 1_000) / OFFERED_PER_SECOND,
  }));

  it('says so to whom it refuses, and goes on taking what it can', async () => {
    const run = createSendUnderPressure(1, partitionsOf(PARTITION_UNITS), 20);

    const outcomes = await sendAll(run, planned);

    expectAcceptedIsStored(run, outcomes);
    const codes = new Set(outcomes.flatMap(({ refused }) => refused?.code ?? []));
    expect(codes).toEqual(new Set(['RATE_LIMITED']));
    const late = outcomes.filter(({ sent }) => sent !== undefined && sent.sentAt > 2_000);
    // Half of the units, and some of them for the seals of those who found out.
    expect(late.length).toBeGreaterThan(0.6 * 2 * (PARTITION_UNITS / 2));
  });
});
