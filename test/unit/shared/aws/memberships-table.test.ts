import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { createMemberships } from '../../../../shared/aws/memberships-table.ts';
import { createFakeClock, NOON } from '../../../support/fake-clock.ts';
import { createFakeSdkClient, type SentCommand } from '../../../support/fake-sdk-client.ts';

const row = (index: number) => ({ member: `c${index}`, userId: `u${index}`, joinedAt: NOON });

/** A room whose rows come in pages as large as asked for, of which `expired` rows have been filtered out. */
function aRoom(rows: number, expired = 0) {
  let read = 0;
  const { client, sent } = createFakeSdkClient<DynamoDBDocumentClient>(({ input }: SentCommand) => {
    const page = Math.min(Number(input.Limit), rows - read);
    const Items = Array.from({ length: page }, (_, index) => read + index)
      .filter((index) => index >= expired)
      .map(row);
    read += page;
    return read < rows ? { Items, LastEvaluatedKey: { member: `c${read}` } } : { Items };
  });
  return { memberships: createMemberships({ client, table: 'T', clock: createFakeClock() }), sent };
}

describe('members up to a limit', () => {
  it('are read in one small page where there are more, and no further', async () => {
    const { memberships, sent } = aRoom(10_000);

    expect(await memberships.membersUpTo('lobby', 1, 101)).toHaveLength(101);
    expect(sent).toMatchObject([{ name: 'Query', input: { Limit: 101, ConsistentRead: true } }]);
  });

  it('are all of them where there are fewer, with the time they joined', async () => {
    const { memberships } = aRoom(2);

    expect(await memberships.membersUpTo('lobby', 1, 101)).toEqual([
      { connectionId: 'c0', userId: 'u0', joinedAt: NOON },
      { connectionId: 'c1', userId: 'u1', joinedAt: NOON },
    ]);
  });

  it('are read on behind pages of expired rows', async () => {
    const { memberships, sent } = aRoom(250, 220);

    expect(await memberships.membersUpTo('lobby', 1, 101)).toHaveLength(30);
    expect(sent).toHaveLength(3);
  });

  it('never exceed it, however the pages fall', async () => {
    const { memberships } = aRoom(250, 50);

    expect(await memberships.membersUpTo('lobby', 1, 101)).toHaveLength(101);
  });

  it('come from the next shard only while there is room for them', async () => {
    const { memberships, sent } = aRoom(400);

    expect(await memberships.membersUpTo('lobby', 4, 101)).toHaveLength(101);
    expect(sent).toHaveLength(1);
  });
});
