import { describe, expect, it } from '@jest/globals';
import { byStreamBatch, deployedLimits, pacedBy } from '../../capacity/pacing.ts';

const ROOM = { members: 10, messagesPerSecond: 1, messageBytes: 300, shardMessagesPerSecond: 1 };

describe('gathering by stream batch', () => {
  it.each([
    ['leaves the messages of a quiet room alone', {}, [1, 1, 1]],
    ['leaves them alone up to the rate of the polls', { messagesPerSecond: 4 }, [4, 1, 1]],
    ['packs what one poll brings', { messagesPerSecond: 10 }, [4, 1, 2.5]],
    // 30 messages of 1,000 bytes fit a frame of 30 KB, so 50 need two.
    ['cuts what fits no frame', { messagesPerSecond: 200, messageBytes: 1_000 }, [4, 2, 25]],
    ['gives a message its own frame that fills it', { messageBytes: 29_000 }, [1, 1, 1]],
    // A shard with 1,000 records a second hands over ten batches of a hundred.
    [
      'packs less where the shard is busy',
      { messagesPerSecond: 20, shardMessagesPerSecond: 1_000 },
      [10, 1, 2],
    ],
  ])('%s', (_title, change, [fanOutsPerSecond, framesPerFanOut, messagesPerFrame]) => {
    expect(byStreamBatch({ ...ROOM, ...change })).toEqual({
      fanOutsPerSecond,
      framesPerFanOut,
      messagesPerFrame,
      windowMs: 0,
    });
  });
});

describe('gathering in a window', () => {
  const paced = pacedBy(deployedLimits(10_000));
  const posts = (room: typeof ROOM) => {
    const { fanOutsPerSecond, framesPerFanOut } = paced(room);
    return fanOutsPerSecond * framesPerFanOut * room.members;
  };

  it('leaves a room alone that keeps to its share', () => {
    const room = { ...ROOM, members: 1_000, messagesPerSecond: 50 };
    expect(paced(room)).toEqual(byStreamBatch(room));
  });

  it('grows with the members', () => {
    expect(paced({ ...ROOM, members: 2_000, messagesPerSecond: 50 })).toEqual({
      fanOutsPerSecond: 2,
      framesPerFanOut: 1,
      messagesPerFrame: 25,
      windowMs: 500,
      refusedShare: 0,
    });
  });

  it('ends at two seconds, and what is more is refused', () => {
    expect(paced({ ...ROOM, members: 10_000, messagesPerSecond: 10 })).toMatchObject({
      fanOutsPerSecond: 0.4,
      messagesPerFrame: 20,
      windowMs: 2_000,
      refusedShare: expect.closeTo(0.2),
    });
  });

  it.each([
    [2_000, 50],
    [10_000, 1],
    [10_000, 200],
    [100_000, 5],
  ])('never takes more than the share: %d members, %d messages/s', (members, messagesPerSecond) => {
    expect(posts({ ...ROOM, members, messagesPerSecond })).toBeLessThanOrEqual(4_000.001);
  });
});
