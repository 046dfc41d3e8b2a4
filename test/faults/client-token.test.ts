import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ready } from '../../client/ready.ts';
import { synthesizedApp, temporaryDirectory } from '../support/assembly.ts';
import { type ChatMember, openMember } from '../support/chat-member.ts';
import { openSocket } from '../support/chat-socket.ts';
import { type LocalProcess, startLocalProcess } from '../support/local-process.ts';
import { type LoopbackIssuer, startLoopbackIssuer } from '../support/loopback-issuer.ts';
import { observeSockets } from '../support/observed-sockets.ts';

const GOOD_SECONDS = 3_600;
const EXPIRED_SECONDS = -60;
const REFRESHED_LATE = [GOOD_SECONDS, EXPIRED_SECONDS, EXPIRED_SECONDS];

let issuer: LoopbackIssuer;
let assembly: { path: string; remove: () => void };
let data: { path: string; remove: () => void };
let stack: LocalProcess;
const leaving: (() => void)[] = [];

beforeAll(async () => {
  issuer = await startLoopbackIssuer();
  assembly = await synthesizedApp(issuer.context);
  data = temporaryDirectory();
  const where = ['--assembly', assembly.path, '--data', data.path, '--stream-poll', '20'];
  stack = await startLocalProcess(where, issuer.variables);
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  data?.remove();
  assembly?.remove();
  await issuer?.stop();
});

afterEach(() => {
  for (const leave of leaving.splice(0)) leave();
});

/** A member whose tokens live as long as the list says, one after the other, and then long enough. */
function enter(roomId: string, lifetimes: number[], maxAgeMs = 7_200_000) {
  const sockets = observeSockets();
  const errors: string[] = [];
  let asked = 0;
  const member: ChatMember = openMember(stack.url, roomId, {
    userId: 'ann',
    getToken: async () => issuer.sign('ann', lifetimes[asked++] ?? GOOD_SECONDS),
    WebSocket: sockets.WebSocket,
    // Each attempt ends by its answer, however slow the machine is: the tokens are counted.
    requestTimeoutMs: 20_000,
    maxAgeMs,
  });
  leaving.push(() => member.client.close());
  member.client.on('error', ({ code }) => errors.push(code));
  return { member, sockets, errors };
}

async function enterPublisher(roomId: string) {
  const socket = await openSocket(stack.url, { token: issuer.sign('ben', GOOD_SECONDS), roomId });
  leaving.push(socket.close);
  return async () => Number((await socket.request({ action: 'send', roomId, text: 'x' })).seq);
}

describe('a token that has expired', () => {
  it('keeps a client out until it has a fresh one; then nothing is missed, and what waited is sent once', async () => {
    const roomId = 'reconnect';
    const publish = await enterPublisher(roomId);
    const { member: ann, sockets, errors } = enter(roomId, REFRESHED_LATE);
    await ready(ann.room);
    const stored = [await publish()];
    await ann.shown(1);
    sockets.cutAll();
    const sent = ann.room.send('written without a connection');
    stored.push(await publish(), await publish());
    const own = await sent;
    stored.push(own.seq, await publish());
    await ann.shown(stored.length);
    expect(ann.seqs).toEqual(stored.toSorted((a, b) => a - b));
    expect(ann.messages.filter(({ userId }) => userId === 'ann')).toMatchObject([{ seq: own.seq }]);
    expect(sockets.refused).toEqual({ 403: 2 });
    expect(errors).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED']);
  }, 90_000);

  it('interrupts nobody whose connection is to be replaced: the old one serves until a token is good', async () => {
    const roomId = 'rotation';
    const publish = await enterPublisher(roomId);
    const { member: ann, sockets } = enter(roomId, REFRESHED_LATE, 2_000);
    await ready(ann.room);
    const stored: number[] = [];
    while (sockets.opened < 2) stored.push(await publish());
    stored.push(await publish());
    await ann.reached(stored.at(-1) ?? 0);
    expect(ann.seqs).toEqual(stored);
    expect(sockets.refused).toEqual({ 403: 2 });
    const states = ann.log.events.flatMap((entry) =>
      entry.event === 'connection' ? [entry.state] : [],
    );
    expect(states).toEqual(['connecting', 'open']);
  }, 90_000);
});
