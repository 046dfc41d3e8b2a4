import type { PingRequest, PongReply } from '../shared/protocol/frames.ts';
import { fullJitter } from './backoff.ts';
import { createConnection, type FailureReason } from './connection.ts';
import { createDialler } from './dial.ts';
import { createEmitter } from './emitter.ts';
import { ChatClientError, fromErrorFrame } from './errors.ts';
import { createHeartbeat } from './heartbeat.ts';
import { createLink, type Link } from './link.ts';
import { createMembership } from './membership.ts';
import { createOutbox } from './outbox.ts';
import type { IncomingFrame } from './parse-frame.ts';
import { createRoom, type RoomCore } from './room.ts';
import { systemClock } from './system-clock.ts';
import type { ChatClient, ChatClientOptions, ClientEvents, Unsubscribe } from './types.ts';

const ROOM_ID_PATTERN = /^[A-Za-z0-9_.:-]{1,128}$/;

const DEFAULTS = {
  clock: systemClock,
  random: Math.random,
  requestTimeoutMs: 10_000,
  backoffBaseMs: 500,
  backoffMaxMs: 30_000,
  maxAgeMs: 7_200_000,
  heartbeatMs: 300_000,
  holdBackMs: 1_000,
  outboxMaxCount: 1_000,
  outboxMaxAgeMs: 300_000,
  sendsInFlight: 1,
};

/** Composes the library. */
export function createClient(options: ChatClientOptions): ChatClient {
  const settings = { ...DEFAULTS, ...given(options) };
  const { backoffBaseMs, backoffMaxMs, random } = settings;
  const common = { ...settings, backoff: fullJitter(backoffBaseMs, backoffMaxMs, random) };
  const dialler = createDialler(options);
  const events = createEmitter<ClientEvents>();
  const rooms = new Map<string, RoomCore>();
  /** Between `connect()` and `close()`. */
  let opened: PromiseWithResolvers<void> | undefined;
  let stopListening: Unsubscribe | undefined;

  /** The current link if possible; while it is being replaced, the other one will do. */
  function linkOf(roomId: string): Link | undefined {
    return connection.links.find((link) => link.rooms.get(roomId) === 'entered');
  }

  const outbox = createOutbox({
    ...common,
    link: (roomId) => (rooms.has(roomId) ? linkOf(roomId) : undefined),
    onNotMember: rejoin,
    onChange(roomId, change) {
      persistence?.outboxChanged();
      rooms.get(roomId)?.events.emit('outbox', change);
    },
  });

  const membership = createMembership({
    ...common,
    rooms,
    onReady: (link) => connection.ready(link),
  });

  const heartbeat = createHeartbeat({ ...common, pings: membership.pings, onPong });

  const connection = createConnection({
    ...common,
    createLink: (linkEvents) =>
      createLink({
        ...common,
        ...linkEvents,
        dial: dialler.dial,
        onFrame: receive,
        onSilence: heartbeat.probe,
      }),
    onLinkOpen(link) {
      refreshRooms();
      membership.enter(link);
      heartbeat.start(link);
    },
    onCurrentChange: refreshRooms,
    onState(change) {
      events.emit('state', change);
      if (change.state === 'open') opened?.resolve();
    },
    onFailure: (reason, cause) => events.emit('error', toError(reason, cause)),
  });

  const persistence = options.storage?.({
    ...common,
    rooms,
    outbox,
    onError: (error) => events.emit('error', error),
  });

  function refreshRooms(): void {
    for (const room of [...rooms.values()]) room.refresh();
  }

  function rejoin(roomId: string): void {
    const link = linkOf(roomId);
    if (link === undefined) return;
    membership.lost(link, roomId);
    rooms.get(roomId)?.refresh();
  }

  function onPong(link: Link, ping: PingRequest, { heads }: PongReply): void {
    for (const roomId of Object.keys(ping.rooms ?? {})) {
      const head = heads[roomId];
      if (head !== undefined) rooms.get(roomId)?.push({ messages: [], head });
      else membership.lost(link, roomId);
    }
    refreshRooms();
  }

  function receive(frame: IncomingFrame): void {
    switch (frame.type) {
      case 'messages':
      case 'typing':
      case 'presence': {
        const { type, roomId, ...event } = frame;
        const room = rooms.get(roomId);
        if ('messages' in event) room?.push(event);
        room?.events.emit(type, event as never);
        break;
      }
      case 'goaway':
        connection.goAway(frame.retryWindowMs);
        break;
      case 'error':
        events.emit('error', fromErrorFrame(frame));
        break;
    }
  }

  function openRoom(roomId: string, since = persistence?.positionOf(roomId)): RoomCore {
    if (!ROOM_ID_PATTERN.test(roomId)) {
      const rule = `Room id "${roomId}" does not match ${ROOM_ID_PATTERN}.`;
      throw new ChatClientError('INVALID_FRAME', rule);
    }
    const room: RoomCore = createRoom({
      ...common,
      roomId,
      since,
      outbox,
      link: () => (rooms.get(roomId) === room ? linkOf(roomId) : undefined),
      standing() {
        if (connection.state !== 'open') return 'offline';
        return connection.current?.rooms.get(roomId) === 'denied' ? 'denied' : 'joining';
      },
      onNotMember: () => rejoin(roomId),
      onLeave() {
        rooms.delete(roomId);
        persistence?.left(roomId);
        for (const link of connection.links) membership.leave(link, roomId);
      },
    });
    room.events.on('message', (message) => {
      const isOwn = message.userId === dialler.userId;
      if (isOwn && message.clientMessageId !== undefined) outbox.seen(roomId, message);
    });
    room.events.on('change', () => persistence?.positionsChanged());
    rooms.set(roomId, room);
    if (connection.state === 'closed') room.end(closedError());
    for (const link of connection.links) membership.enter(link);
    room.refresh();
    return room;
  }

  return {
    get state() {
      return connection.state;
    },
    connect() {
      if (opened !== undefined) return opened.promise;
      opened = Promise.withResolvers();
      // Nobody has to wait for it.
      opened.promise.catch(() => {});
      for (const room of rooms.values()) room.end(undefined);
      stopListening = options.onWake?.(() => {
        connection.hurry();
        heartbeat.probe(connection.current);
      });
      if (persistence === undefined) connection.open();
      else void persistence.load(connection.open);
      return opened.promise;
    },
    close() {
      if (connection.state === 'closed') return;
      stopListening?.();
      persistence?.stop();
      connection.close();
      for (const room of rooms.values()) room.end(closedError());
      outbox.fail(closedError());
      opened?.reject(closedError());
      opened = undefined;
    },
    room: (roomId, { since } = {}) => (rooms.get(roomId) ?? openRoom(roomId, since)).room,
    on: events.on,
  };
}

/** An option that is undefined counts as absent. */
function given<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T;
}

function closedError(): ChatClientError {
  return new ChatClientError('CLOSED', 'The client is closed.', true);
}

function toError(reason: FailureReason, cause: unknown): ChatClientError {
  const code = reason === 'silent' ? 'TIMEOUT' : (reason.toUpperCase() as Uppercase<typeof reason>);
  return new ChatClientError(code, `The connection is ${reason}. ${cause ?? ''}`, true);
}
