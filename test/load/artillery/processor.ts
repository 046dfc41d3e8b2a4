/**
 * The processor of the Artillery driver: Artillery opens the connections at its own pace, and each
 * is then handed to the project's client library, measured by the same crowd as the own driver's.
 */
import type { EventEmitter } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { WebSocket } from 'ws';
import { BEARER_SUBPROTOCOL_PREFIX, SUBPROTOCOL } from '../../../shared/protocol/frames.ts';
import { openSocket } from '../../support/observed-sockets.ts';
import { obeying } from '../../support/orders.ts';
import { createCrowd } from '../crowd/crowd.ts';
import type { LoadOrders } from '../crowd/load-orders.ts';
import { ENTER_PATIENCE_MS, obeyLoad, within } from '../crowd/obey-load.ts';
import { readArtillerySettings } from './artillery-settings.ts';

const { settings, port } = readArtillerySettings(process.env);
const crowd = createCrowd({ ...settings, remainder: 0, crowds: 1 });
const ended = Promise.withResolvers<void>();
const entered = Array.from({ length: settings.members }, () => Promise.withResolvers<void>());
let begun = 0;

const conductor = connect(port, '127.0.0.1');
const obey = obeyLoad(crowd, async ({ from, to, perSecond }) => {
  // Artillery decides when. Who does not get in is missing from the report, which says so.
  const withinMs = ((to - from) / perSecond) * 1_000 + ENTER_PATIENCE_MS;
  const expected = entered.slice(from, to).map(({ promise }) => promise);
  await within(withinMs, expected);
  return undefined;
});
const receive = obeying<LoadOrders>(
  {
    ...obey,
    async end(order) {
      const observations = await obey.end(order);
      ended.resolve();
      return observations;
    },
  },
  (reply) => conductor.write(`${JSON.stringify(reply)}\n`),
);
createInterface({ input: conductor }).on('line', (line) => void receive(JSON.parse(line)));
conductor.on('close', () => ended.resolve());

interface SocketArguments {
  target: string;
  subprotocols: string[];
}

interface VirtualUser {
  ws: WebSocket;
}

/** Stands in the address, since Artillery passes nothing else on; beside a token it means nothing. */
const NUMBERED_USER = /^load-(\d+)$/;

/** Called before Artillery opens a connection: which, and as whom. */
export function address(socket: SocketArguments, _: unknown, done: () => void): void {
  const url = new URL(settings.url);
  url.searchParams.set('userId', `load-${begun}`);
  begun += 1;
  if (settings.token !== undefined) {
    socket.subprotocols = [SUBPROTOCOL, `${BEARER_SUBPROTOCOL_PREFIX}${settings.token}`];
  }
  socket.target = url.href;
  done();
}

/** Called when the connection is open; it stays for the whole run. */
export async function converse({ ws }: VirtualUser, events: EventEmitter): Promise<void> {
  const userId = new URL(ws.url).searchParams.get('userId') ?? '';
  const member = Number(NUMBERED_USER.exec(userId)?.[1]);
  let opened: WebSocket | undefined = ws;
  const startedAt = performance.now();
  const entering = crowd.enter(member, (url, protocols) => {
    // Only the first connection is Artillery's; the library itself comes back when it is lost.
    const socket = opened ?? openSocket(url, protocols);
    if (socket === opened) {
      // It has opened already, which Artillery knows and the library does not.
      socket.removeAllListeners('open');
      queueMicrotask(() => socket.emit('open'));
    }
    opened = undefined;
    return socket;
  });
  await Promise.race([entering, ended.promise]).catch(() => {});
  events.emit('histogram', 'roomcast.enter_ms', performance.now() - startedAt);
  entered[member]?.resolve();
  await ended.promise;
}
