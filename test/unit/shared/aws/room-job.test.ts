import { describe, expect, it } from '@jest/globals';
import { decodeRoomJob, encodeRoomJob } from '../../../../shared/aws/room-job.ts';

const flush = {
  kind: 'flush',
  roomId: 'lobby',
  id: 'one',
  from: 7,
  dueAt: 1_250,
  seen: 4,
} as const;

describe('a job of a room', () => {
  it('comes back as it was', () => {
    expect(decodeRoomJob(encodeRoomJob(flush))).toEqual(flush);
  });

  it('comes back from a release that did not tell what its sender had seen', () => {
    const { seen: _, ...older } = flush;

    expect(decodeRoomJob(encodeRoomJob(older))).toEqual(older);
  });

  it.each([
    { description: 'no JSON', body: 'soon', problem: /It is no JSON/ },
    {
      description: 'another kind',
      body: JSON.stringify({ v: 1, ...flush, kind: 'rinse' }),
      problem: /^The job of a room cannot be read\. kind: /,
    },
    {
      description: 'a later version',
      body: JSON.stringify({ v: 2, ...flush }),
      problem: /cannot be read\. v: /,
    },
    {
      description: 'no number to begin with',
      body: JSON.stringify({ v: 1, ...flush, from: 0 }),
      problem: /from: /,
    },
  ])('is refused with the field that is wrong: $description', ({ body, problem }) => {
    expect(() => decodeRoomJob(body)).toThrow(problem);
  });
});
