import type { ClientFrame, PongReply } from '../shared/protocol/frames.ts';
import { fullJitter } from './backoff.ts';
import { browserWake } from './browser-wake.ts';
import { createConnection } from './connection.ts';
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
import type { ChatClient, ChatClientOptions, ClientEvents, DownReason } from './types.ts';

const ROOM_ID_PATTERN = /^[A-Za-z0-9_.:-]{1,128}$/;

/** Composes the library. */
export function createClient(options: ChatClientOptions): ChatClient {
  const {
    clock = systemClock,
    random = Math.random,
    onWake = browserWake,
    requestTimeoutMs = 10_000,
    backoffBaseMs = 500,
    backoffMaxMs = 30_000,
    maxAgeMs = 7_200_000,
    heartbeatMs = 300_000,
    holdBackMs = 1_000,
    outboxMaxCount = 1_000,
    outboxMaxAgeMs = 300_000,
    sendsInFlight = 1,
  } = options;
  const backoff = fullJitter(backoffBaseMs, backoffMaxMs, random);
  const dialler = createDialler(options);
  const events = createEmitter<ClientEvents>();
  const rooms = new Map<string, RoomCore>();
  let requests = 0;
  /** Between `connect()` and `close()`. */
  let opened: PromiseWithResolvers<void> | undefined;
  let positions: Record<string, number> = {};
  let stopListening = () => {};

  /** The current link if possible; while it is being replaced, the other one will do. */
  function linkOf(roomId: string): Link | undefined {
    return connection.links.find((link) => link.rooms.get(roomId) === 'entered');
  }

  const outbox = createOutbox({
    clock,
    random,
    backoff,
    maxCount: outboxMaxCount,
    maxAgeMs: outboxMaxAgeMs,
    sendsInFlight,
    link: (roomId) => (rooms.has(roomId) ? linkOf(roomId) : undefined),
    onNotMember: rejoin,
    onChange(roomId, change) {
      persistence?.outboxChanged();
      rooms.get(roomId)?.events.emit('outbox', change);
    },
  });

  const membership = createMembership({
    rooms,
    backoff,
    onReady: (link) => connection.ready(link),
  });

  const heartbeat = createHeartbeat({ random, heartbeatMs, pings: membership.pings, onPong });

  const connection = createConnection({
    clock,
    random,
    maxAgeMs,
    backoff,
    createLink: (linkEvents, self) =>
      createLink({
        ...linkEvents,
        dial: dialler.dial,
        clock,
        timeoutMs: requestTimeoutMs,
        newRequestId: () => String(++requests),
        onFrame: receive,
        onSilence: () => heartbeat.probe(self()),
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
    clock,
    current: () => ({ positions: currentPositions(), outbox: outbox.items() }),
    onError(cause) {
      events.emit('error', new ChatClientError('STORAGE', `The storage failed: ${cause}`));
    },
  });

  function currentPositions(): Record<string, number> {
    for (const { roomId, position } of rooms.values()) {
      if (position !== undefined) positions[roomId] = position;
    }
    return positions;
  }

  function refreshRooms(): void {
    for (const room of [...rooms.values()]) room.refresh();
  }

  function rejoin(roomId: string): void {
    const link = linkOf(roomId);
    if (link === undefined) return;
    membership.lost(link, roomId);
    rooms.get(roomId)?.refresh();
  }

  function onPong(link: Link, ping: ClientFrame, { heads }: PongReply): void {
    if (ping.action !== 'ping') return;
    for (const roomId of Object.keys(ping.rooms ?? {})) {
      const head = heads[roomId];
      if (head !== undefined) rooms.get(roomId)?.push({ messages: [], head });
      else membership.lost(link, roomId);
    }
    refreshRooms();
  }

  function receive(frame: IncomingFrame): void {
    switch (frame.type) {
      case 'messages': {
        const room = rooms.get(frame.roomId);
        room?.push(frame);
        if (frame.travelTimes) room?.events.emit('travelTimes', frame.travelTimes);
        break;
      }
      case 'typing':
        rooms.get(frame.roomId)?.events.emit('typing', { userId: frame.userId });
        break;
      case 'presence':
        if ('joined' in frame) {
          const { joined, left, count } = frame;
          rooms.get(frame.roomId)?.events.emit('presence', { joined, left, count });
        }
        break;
      case 'goaway':
        connection.goAway(frame.retryWindowMs);
        break;
      case 'error':
        events.emit('error', fromErrorFrame(frame));
        break;
    }
  }

  async function restore(): Promise<void> {
    const saved = await persistence?.load();
    if (saved === undefined) return;
    positions = saved.positions;
    for (const room of rooms.values()) {
      const position = positions[room.roomId];
      if (position !== undefined) room.startAt(position);
    }
    outbox.restore(saved.outbox);
    persistence?.outboxChanged();
    connection.open();
  }

  function openRoom(roomId: string, since = positions[roomId]): RoomCore {
    if (!ROOM_ID_PATTERN.test(roomId)) {
      const rule = `Room id "${roomId}" is not 1 to 128 of A-Z a-z 0-9 _ . : -`;
      throw new ChatClientError('INVALID_FRAME', rule);
    }
    const room: RoomCore = createRoom({
      roomId,
      since,
      clock,
      backoff,
      holdBackMs,
      requestTimeoutMs,
      outbox,
      link: () => (rooms.get(roomId) === room ? linkOf(roomId) : undefined),
      standing() {
        if (connection.state !== 'open') return 'offline';
        return connection.current?.rooms.get(roomId) === 'denied' ? 'denied' : 'joining';
      },
      onNotMember: () => rejoin(roomId),
      onMessage(message) {
        const isOwn = message.userId === dialler.userId;
        if (isOwn && message.clientMessageId !== undefined) outbox.seen(roomId, message);
      },
      onPosition: () => persistence?.positionsChanged(),
      onLeave() {
        rooms.delete(roomId);
        delete positions[roomId];
        persistence?.positionsChanged();
        for (const link of connection.links) membership.leave(link, roomId);
      },
    });
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
      stopListening = onWake(() => {
        connection.hurry();
        heartbeat.probe(connection.current);
      });
      if (persistence === undefined) connection.open();
      else void restore();
      return opened.promise;
    },
    close() {
      if (connection.state === 'closed') return;
      stopListening();
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

function closedError(): ChatClientError {
  return new ChatClientError('CLOSED', 'The client is closed; connect() opens it again.', true);
}

function toError(reason: DownReason, cause: unknown): ChatClientError {
  const code = { silent: 'TIMEOUT', unauthorized: 'UNAUTHORIZED' } as const;
  const known = reason === 'silent' || reason === 'unauthorized' ? code[reason] : 'UNREACHABLE';
  return new ChatClientError(known, `The connection is ${reason}. ${cause ?? ''}`, true);
}
