import { describe, expect, it } from '@jest/globals';
import {
  COUNT_EXACT_MAX_MEMBERS,
  COUNT_LIFETIME_MS,
  createCountMembers,
} from '../../../../../services/rooms/join/count-members.ts';
import { emptyRoom } from '../../../../../shared/domain/room.ts';
import { createFakeClock } from '../../../../support/fake-clock.ts';

function aCounter(members: number) {
  const clock = createFakeClock();
  const counted: string[] = [];
  const state = { members };
  const count = async (roomId: string, shardCount: number) => {
    counted.push(`${roomId} ${shardCount}`);
    return state.members;
  };
  return {
    clock,
    counted,
    state,
    countMembers: createCountMembers({ memberships: { count }, clock }),
  };
}

const lobby = { ...emptyRoom('lobby'), shardCount: 4 };

describe('counting members', () => {
  it('is exact up to a thousand, in every shard', async () => {
    const { counted, state, countMembers } = aCounter(COUNT_EXACT_MAX_MEMBERS - 1);
    await countMembers(lobby);
    state.members += 1;

    expect(await countMembers(lobby)).toBe(COUNT_EXACT_MAX_MEMBERS);
    expect(counted).toEqual(['lobby 4', 'lobby 4']);
  });

  it('reads a larger room every few seconds only', async () => {
    const { clock, counted, state, countMembers } = aCounter(100_000);
    await countMembers(lobby);
    state.members += 1;
    clock.advance(COUNT_LIFETIME_MS - 1);
    expect(await countMembers(lobby)).toBe(100_000);
    expect(counted).toHaveLength(1);

    clock.advance(1);
    expect(await countMembers(lobby)).toBe(100_001);
  });

  it('tells rooms apart, and remembers a hundred of them', async () => {
    const { counted, countMembers } = aCounter(5_000);
    for (let index = 0; index <= 100; index += 1) await countMembers(emptyRoom(`room-${index}`));
    counted.length = 0;

    await countMembers(emptyRoom('room-100'));
    await countMembers(emptyRoom('room-0'));
    expect(counted).toEqual(['room-0 1']);
  });
});
