import { describe, expect, it } from '@jest/globals';
import { aMembershipRecord } from '../../../../support/membership-events.ts';
import { anAnnouncer, NOTHING_FAILED } from './announce-fixture.ts';

describe('announce', () => {
  it('dates its jobs by the earliest change and by now, so that late ones can be dropped', async () => {
    const { announce, comes, jobs, chat } = anAnnouncer();
    const record = await comes('ann');
    chat.clock.advance(900);
    await announce(record);

    expect(jobs()).toMatchObject([
      {
        oldestReceivedAt: record.dynamodb.ApproximateCreationDateTime * 1_000,
        fannedOutAt: chat.clock.now(),
      },
    ]);
  });

  it('reports the first record of a room that failed, and announces the others', async () => {
    const { announce, comes, jobs, chat } = anAnnouncer();
    const [red, blue] = [await comes('ann', 'c1', 'red'), await comes('ben', 'c2', 'blue')];
    chat.calls.failNext('memberships.membersUpTo');

    expect(await announce(red, blue)).toEqual({
      batchItemFailures: [{ itemIdentifier: red.dynamodb.SequenceNumber }],
    });
    expect(jobs().map(({ roomId }) => roomId)).toEqual(['blue']);
    expect(chat.metrics.blobs).toEqual([{ pushes: 1, failedRooms: 1 }]);
  });

  it('fails as a whole when nothing can be enqueued, so that Lambda tries again', async () => {
    const { announce, comes, chat } = anAnnouncer();
    chat.calls.failNext('queue.send');

    await expect(announce(await comes('ann'))).rejects.toThrow('queue.send');
  });

  const known = aMembershipRecord({ kind: 'joined', connectionId: 'c9', userId: 'eve' });
  it.each([
    ['a row of the connection side', { partition: { S: 'connection#c9' } }],
    ['a row without a user', { userId: undefined }],
    ['a row of another shape', { member: { N: '7' } }],
  ])('drops %s and announces the rest', async (_, broken) => {
    const { announce, comes, told, chat } = anAnnouncer();
    const { NewImage } = { NewImage: undefined, ...known.dynamodb };
    const image = { ...(NewImage ?? {}), ...broken };
    const poison = { ...known, dynamodb: { ...known.dynamodb, NewImage: image } };

    expect(await announce(poison, await comes('ann'))).toEqual(NOTHING_FAILED);
    expect(told()).toMatchObject([{ joined: ['ann'] }]);
    expect(chat.logger.at('error')).toEqual(['membership record dropped']);
  });

  it('takes a row that TTL deleted for somebody who left', async () => {
    const { announce, comes, goes, told } = anAnnouncer();
    await comes('old');
    await comes('ann');
    const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
    await announce({ ...(await goes('ann')), userIdentity });

    expect(told()).toMatchObject([{ left: ['ann'] }]);
  });

  it('says the same again when a batch comes twice', async () => {
    const { announce, comes, told } = anAnnouncer();
    const record = await comes('ann');
    await announce(record);
    await announce(record);

    const [first, second] = told();
    expect(second).toEqual(first);
  });

  it('logs and emits one line a batch', async () => {
    const { announce, comes, chat } = anAnnouncer();
    await announce(await comes('ann'), await comes('ben'), await comes('cat', 'c3', 'red'));

    expect(chat.logger.lines).toEqual([
      {
        level: 'info',
        message: 'announced',
        fields: { rooms: 2, changes: 3, pushes: 2, unreadable: 0, failedRooms: 0 },
      },
    ]);
    expect(chat.metrics.blobs).toEqual([{ pushes: 2 }]);
  });
});
