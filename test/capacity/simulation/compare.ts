import { deployedLimits, pacedBy } from '../pacing.ts';
import { planFor } from '../plan.ts';
import type { Load } from '../traffic.ts';
import { createPaced } from './paced.ts';
import { dollars, duration } from './rows.ts';
import { type SimulationOptions, simulate } from './simulate.ts';

/** Of `docs/capacity.md`, with rooms that are all alike: the planner knows no others. */
const LOADS: readonly Omit<Load, 'messageBytes'>[] = [
  { rooms: 1, members: 100, messagesPerSecond: 1 },
  { rooms: 1, members: 1_000, messagesPerSecond: 1 },
  { rooms: 1, members: 1_000, messagesPerSecond: 10 },
  { rooms: 1, members: 1_000, messagesPerSecond: 50 },
  { rooms: 1_000, members: 20, messagesPerSecond: 0.1 },
  { rooms: 1_000, members: 20, messagesPerSecond: 0.3 },
  { rooms: 100, members: 200, messagesPerSecond: 0.3 },
  { rooms: 1, members: 10_000, messagesPerSecond: 0.5 },
  { rooms: 1, members: 100_000, messagesPerSecond: 0.02 },
];

/** Of fewer, chance would say more than the load. */
const MESSAGES_MIN = 60;

/** What a load was planned to take, and what it took in the simulation. */
export async function compareWithPlanner(
  run: Omit<SimulationOptions, 'population' | 'gathering'>,
  onProgress: (line: string) => void,
): Promise<Record<string, string>[]> {
  const limits = deployedLimits(run.quota);
  const rows: Record<string, string>[] = [];
  for (const given of LOADS) {
    const load = { ...given, messageBytes: run.messageBytes };
    const { rooms, members, messagesPerSecond } = load;
    const title = `${rooms === 1 ? '' : `${whole(rooms)} × `}${whole(members)} members, ${messagesPerSecond}/s`;
    onProgress(title);
    const { traffic, latency, perMillionMessages } = planFor(load, {
      quota: run.quota,
      pacing: pacedBy(limits),
    });
    const result = await simulate({
      ...run,
      seconds: Math.max(run.seconds, MESSAGES_MIN / (rooms * messagesPerSecond)),
      gathering: (time) => createPaced(time, limits),
      population: {
        members: Array<number>(rooms).fill(members),
        rates: Array<number>(rooms).fill(messagesPerSecond),
      },
    });
    const both = (planned: string, simulated: string) => `${planned} / ${simulated}`;
    const { toTheLastMember: last } = result;
    rows.push({
      load: title,
      'posts/s': both(whole(traffic.posts), whole(result.posts)),
      'frames per member and message': both(
        twoDigits(traffic.posts / (traffic.messages * members)),
        twoDigits(result.postsPerMemberAndMessage),
      ),
      'last member': both(
        latency.lastMs === undefined ? 'never' : duration(latency.lastMs),
        duration(last.p50),
      ),
      '99 of 100': duration(last.p99),
      'read units/s': both(whole(traffic.tableReads), whole(result.tableReads)),
      'SQS/s': both(whole(traffic.sqsRequests), whole(result.sqsRequests)),
      'a million': both(dollars(perMillionMessages), dollars(result.perMillionMessages)),
    });
  }
  return rows;
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US');

const twoDigits = (value: number) => String(Number(value.toPrecision(2)));
