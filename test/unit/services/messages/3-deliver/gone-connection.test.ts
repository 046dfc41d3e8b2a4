import { describe, expect, it } from '@jest/globals';
import { NOON } from '../../../../support/fake-clock.ts';
import { aDeliverHandler, failureOf, NOTHING_FAILED } from './deliver-fixture.ts';

describe('a gone connection', () => {
  it('is removed with all its memberships, once per batch', async () => {
    const { chat, deliver, connect, summary } = aDeliverHandler();
    await connect('c1', NOON - 60_000);
    await chat.admit('lobby', 'c1', 'c2');
    await chat.admit('hall', 'c1');
    chat.poster.always('c1', 'gone');

    await deliver({ connectionIds: ['c1', 'c2'] }, { roomId: 'hall', connectionIds: ['c1'] });

    expect(chat.memberships.allOf('hall')).toEqual([]);
    expect(chat.memberships.allOf('lobby')).toMatchObject([{ connectionId: 'c2' }]);
    expect(chat.connections.get('c1')).toBeUndefined();
    expect(chat.calls.count('memberships.removeConnections')).toBe(1);
    expect(chat.queue.queued).toEqual([]);
    expect(summary()).toMatchObject({ removed: 1 });
  });

  it('takes nothing with it of the connection with which its user has come back', async () => {
    const { chat, deliver, connect } = aDeliverHandler();
    await connect('old', NOON - 60_000);
    await connect('new', NOON);
    await chat.admit('lobby', 'old', 'new');
    chat.poster.always('old', 'gone');
    // Twice, the second time late: ids are not given out again, so it can only mean the old one.
    await deliver({ connectionIds: ['old', 'new'] });
    await deliver({ connectionIds: ['old'] });

    expect(chat.memberships.allOf('lobby')).toMatchObject([{ connectionId: 'new' }]);
    expect(chat.connections.get('new')).toBeDefined();
  });

  it('gets one post and no more', async () => {
    const { chat, deliver } = aDeliverHandler();
    chat.poster.always('c1', 'gone');
    await deliver({ connectionIds: ['c1'] });

    expect(chat.poster.posts).toHaveLength(1);
  });

  it.each([
    ['is tried again while it is young, since it exists only after $connect', 9_999, true],
    ['is gone for good when it is old enough', 10_000, false],
  ])('%s', async (_title, ageMs, isYoung) => {
    const { chat, deliver, connect } = aDeliverHandler();
    await connect('c1', NOON - ageMs);
    await chat.admit('lobby', 'c1');
    chat.poster.always('c1', 'gone');
    await deliver({ connectionIds: ['c1'] });

    expect(chat.queue.queued).toHaveLength(isYoung ? 1 : 0);
    expect(chat.memberships.allOf('lobby')).toHaveLength(isYoung ? 1 : 0);
    expect(chat.connections.get('c1') !== undefined).toBe(isYoung);
  });

  it('is as young as it was when it looked gone, however long others hold the job up', async () => {
    const { chat, deliver, connect } = aDeliverHandler({
      backoff: async () => chat.clock.advance(10_000),
    });
    await connect('c1', NOON - 1_000);
    await chat.admit('lobby', 'c1', 'c2');
    chat.poster.always('c1', 'gone');
    chat.poster.always('c2', 'failed');
    await deliver({ connectionIds: ['c1', 'c2'] });

    expect(chat.memberships.allOf('lobby')).toHaveLength(2);
  });

  it('is gone for good when nobody knows of it', async () => {
    const { chat, deliver } = aDeliverHandler();
    await chat.admit('lobby', 'c1');
    chat.poster.always('c1', 'gone');
    await deliver({ connectionIds: ['c1'] });

    expect(chat.memberships.allOf('lobby')).toEqual([]);
  });

  it('fails nothing when it cannot be removed: the next delivery finds it gone again', async () => {
    const { chat, deliver } = aDeliverHandler();
    chat.poster.always('c1', 'gone');
    chat.calls.failNext('memberships.removeConnections');

    expect(await deliver({ connectionIds: ['c1', 'c2'] })).toEqual(NOTHING_FAILED);
    expect(chat.logger.at('error')).toEqual(['gone connections were not removed']);
  });

  it('keeps its row while its memberships cannot be removed', async () => {
    const { chat, deliver, connect } = aDeliverHandler();
    await connect('c1', NOON - 60_000);
    chat.poster.always('c1', 'gone');
    chat.calls.failNext('memberships.removeConnections');
    await deliver({ connectionIds: ['c1'] });

    expect(chat.connections.get('c1')).toBeDefined();
  });

  it('is never taken for gone when its age cannot be read', async () => {
    const { chat, deliver } = aDeliverHandler();
    await chat.admit('lobby', 'c1');
    chat.poster.always('c1', 'gone');
    chat.calls.failNext('connections.connectedAt');

    expect(await deliver({ connectionIds: ['c1'] })).toEqual(failureOf('record-0'));
    expect(chat.memberships.allOf('lobby')).toHaveLength(1);
  });
});
