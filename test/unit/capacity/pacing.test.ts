import { describe, expect, it } from '@jest/globals';
import { byStreamBatch } from '../../capacity/pacing.ts';

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
