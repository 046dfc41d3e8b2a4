import { describe, expect, it } from '@jest/globals';
import { createJobCollector } from '../../../../../services/messages/2-fan-out/job-collector.ts';
import { aDeliveryJob } from '../../../../support/delivery-jobs.ts';
import { createInMemoryDeliveryQueue } from '../../../../support/in-memory-queues.ts';

/** Jobs of 100 members: four of them are what the queue holds at once. */
const limits = { roomPostsAtOnce: 400 };
const connectionIds = Array.from({ length: 100 }, (_, index) => `c${index}`);

/** Enqueues so many jobs of each room, in turn. @returns how they came into the queue */
async function enqueue(jobs: number, rooms: string[], frames = ['frame']) {
  const queue = createInMemoryDeliveryQueue();
  const collector = createJobCollector(queue, limits);
  for (let job = 0; job < jobs; job += 1) {
    for (const roomId of rooms) {
      await collector.add(aDeliveryJob({ roomId, frames, connectionIds }));
    }
  }
  expect(await collector.close()).toEqual({ jobs: jobs * rooms.length, failedRooms: new Map() });
  return queue.take();
}

const delaysOf = (queued: Awaited<ReturnType<typeof enqueue>>, roomId: string) =>
  queued.filter(({ job }) => job.roomId === roomId).map(({ delaySeconds }) => delaySeconds);

describe('the jobs of a fan-out', () => {
  it('are taken at once as far as they are what the queue holds of a room, and the others a second later each', async () => {
    const delays = delaysOf(await enqueue(10, ['stadium']), 'stadium');

    expect(delays).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
  });

  it('count all the frames that they hold', async () => {
    const delays = delaysOf(await enqueue(4, ['stadium'], ['one', 'two']), 'stadium');

    expect(delays).toEqual([0, 0, 1, 1]);
  });

  it('do not wait for those of other rooms', async () => {
    const queued = await enqueue(4, ['stadium', 'lobby', 'garden']);

    for (const roomId of ['stadium', 'lobby', 'garden']) {
      expect(delaysOf(queued, roomId)).toEqual([0, 0, 0, 0]);
    }
  });

  it('are delayed by no more than SQS takes', async () => {
    const frames = Array.from({ length: 8 }, () => 'frame');
    const delays = delaysOf(await enqueue(500, ['stadium'], frames), 'stadium');

    expect(Math.max(...delays)).toBe(900);
  });
});
