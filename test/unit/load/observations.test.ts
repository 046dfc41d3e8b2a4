import { describe, expect, it } from '@jest/globals';
import { mergeObservations, type Observations } from '../../load/measure/observations.ts';
import { latencies, perfect } from './observed.ts';

describe('what the clients have seen', () => {
  it('is the same whether one thread had all members or two had one each', () => {
    const observations = perfect();
    const [first, second] = observations.members;
    const half = (member: typeof first, acknowledged: Observations['acknowledged']) => ({
      ...perfect(),
      acknowledged,
      members: member === undefined ? [] : [member],
      attempts: 1,
      opened: 1,
      frames: 5,
      frameCharacters: 2_000,
      pushes: 6,
      pushedMs: { 960000: latencies(member === first ? 80 : 250) },
      enterMs: latencies(member === first ? 50 : 70),
      storedMs: latencies(...(member === first ? [20] : [])),
      talks: perfect().talks.map((talk) => ({
        ...talk,
        intervals: talk.intervals.map((interval) => ({
          ...interval,
          ...(member === first ? {} : { offered: 0, stored: 0 }),
          delivered: 1,
          latencyMs: latencies(member === first ? 100 : 300),
        })),
      })),
    });

    expect(
      mergeObservations([
        half(first, {
          room: [
            [1, 4],
            [6, 6],
          ],
        }),
        half(second, {
          room: [
            [5, 5],
            [7, 10],
          ],
        }),
      ]),
    ).toEqual(observations);
  });
});
