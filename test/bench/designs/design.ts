import { randomUUID } from 'node:crypto';
import type { BenchEngines } from '../engines.ts';
import { readMembers } from '../fan-out.ts';
import { observeRequests } from '../observed-requests.ts';
import type { Baseline } from './baseline.ts';
import type { Used } from './bill.ts';
import type { Pipeline, Runs } from './pipeline.ts';
import { type BenchRoom, goneOf } from './rooms.ts';

/** One way of bringing messages to everybody in a room. */
export interface Design {
  name: string;
  /**
   * Sends all texts at once, each by another member, and is done when nothing is under way any more.
   *
   * @param delivered resolves when everybody has them, or nobody will
   */
  run(
    room: BenchRoom,
    texts: readonly string[],
    onAcknowledged: () => void,
    delivered: () => Promise<unknown>,
  ): Promise<Omit<Used, 'gatewayMessages'>>;
}

/** What the functions are deployed with. */
const MEMORY_GB: Record<keyof Runs, number> = { send: 0.25, fanOut: 0.5, flush: 0.5, deliver: 0.5 };

/** As much as `3-deliver` has: it does the same work. */
const BASELINE_MEMORY_GB = 0.5;

/** By arithmetic, since the functions do not ask what they consume. */
const UNITS = {
  /** The room's number, then one transaction of the message and its receipt, at twice the units. */
  writtenPerMessage: 5,
  /** The sender's membership and receipt. */
  readPerMessage: 2,
  /** The room's row: the mark goes, and how far it came. Then it is read. */
  writtenPerFlush: 2,
  readPerFlush: 1,
  /** Both sides of the membership, and the connection. */
  writtenPerGone: 3,
  readPerGone: 2,
};

export function pipelineDesign(engines: BenchEngines, pipeline: Pipeline): Design {
  return {
    name: 'Roomcast',
    async run(room, texts, onAcknowledged, delivered) {
      const memberUnits = await readMembers(engines, room.roomId, {
        size: room.size,
        shardCount: 1,
      });
      const before = pipeline.runs();
      const requests = await observeRequests(async () => {
        await Promise.all(
          texts.map(async (text, index) => {
            await pipeline.send(room.roomId, room.firstIndex + index, text, randomUUID());
            onAcknowledged();
          }),
        );
        await delivered();
        await pipeline.idle();
      });
      const runs = since(before, pipeline.runs());
      const sends = requests.filter(({ operation }) => operation.startsWith('SendMessage'));
      const gone = goneOf(room).length;
      const fanOuts = runs.fanOut.count + runs.flush.count;
      return {
        unitsWritten:
          texts.length * UNITS.writtenPerMessage +
          runs.flush.count * UNITS.writtenPerFlush +
          gone * UNITS.writtenPerGone,
        unitsRead:
          texts.length * UNITS.readPerMessage +
          fanOuts * (1 + memberUnits) +
          runs.flush.count * UNITS.readPerFlush +
          gone * UNITS.readPerGone,
        // What is received is deleted as well.
        sqsRequests: sends.length + 2 * (runs.deliver.count + runs.flush.count),
        runs: (Object.keys(runs) as (keyof Runs)[]).map((name) => ({
          ...runs[name],
          gb: MEMORY_GB[name],
        })),
      };
    },
  };
}

function since(before: Runs, after: Runs): Runs {
  const names = Object.keys(after) as (keyof Runs)[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      { count: after[name].count - before[name].count, ms: after[name].ms - before[name].ms },
    ]),
  ) as Runs;
}

/** @param baselines as many as speak at once: each request has an environment of its own */
export function baselineDesign(name: string, baselines: readonly Baseline[]): Design {
  return {
    name,
    async run({ roomId }, texts, onAcknowledged) {
      const used = { unitsWritten: 0, unitsRead: 0, sqsRequests: 0, runs: [] as Used['runs'] };
      await Promise.all(
        texts.map(async (text, index) => {
          const startedAt = Date.now();
          const report = await baselines[index]?.(roomId, text);
          onAcknowledged();
          used.unitsWritten += report?.unitsWritten ?? 0;
          used.unitsRead += report?.unitsRead ?? 0;
          used.runs.push({ count: 1, ms: Date.now() - startedAt, gb: BASELINE_MEMORY_GB });
        }),
      );
      return used;
    },
  };
}
