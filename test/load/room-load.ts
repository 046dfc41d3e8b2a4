import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import { createLatencies } from './latencies.ts';

export interface RoomLoadOptions {
  /** `ws://…/live` */
  url: string;
  connections: number;
  rooms: number;
  /** Messages per second in each room. */
  rate: number;
  seconds: number;
  /** Default 200. */
  connectsPerSecond?: number;
  /** Called when everybody is there, before the first message is sent. */
  beforeSending?: (roomIds: string[]) => Promise<void>;
  onProgress: (line: string) => void;
}

export interface RoomLoadReport {
  connections: number;
  rooms: number;
  offeredPerSecond: number;
  sent: number;
  refused: number;
  expectedDeliveries: number;
  deliveries: number;
  deliveriesPerSecond: number;
  lost: number;
  duplicated: number;
  reordered: number;
  framesReceived: number;
  /** From the moment the schedule wanted the message sent to its receipt by a member. */
  latencyMs: { p50: number; p99: number; p999: number; max: number };
}

interface Member {
  socket: WebSocket;
  room: Room;
  seen: Set<number>;
  last: number;
}

interface Room {
  roomId: string;
  members: Member[];
  /** When the schedule wanted each message sent, by client message id. */
  intended: Map<string, number>;
}

const DRAIN_MAX_MS = 20_000;

/** One sender a room at a steady rate; every member checks that it gets every message once. */
export async function runRoomLoad(options: RoomLoadOptions): Promise<RoomLoadReport> {
  const { connections, rooms: roomCount, rate, seconds, onProgress } = options;
  const { connectsPerSecond = 200 } = options;
  const run = Date.now().toString(36);
  const rooms: Room[] = Array.from({ length: roomCount }, (_, index) => ({
    roomId: `load-${run}-${index}`,
    members: [],
    intended: new Map(),
  }));
  const latencies = createLatencies();
  const counts = { sent: 0, refused: 0, deliveries: 0, duplicated: 0, reordered: 0, frames: 0 };

  function receive(member: Member, text: string): void {
    const frame = JSON.parse(text);
    if (frame.type === 'error') counts.refused += 1;
    if (frame.type === 'sent') counts.sent += 1;
    if (frame.type !== 'messages') return;
    counts.frames += 1;
    const now = performance.now();
    for (const { seq, kind, clientMessageId } of frame.messages) {
      if (member.seen.has(seq)) counts.duplicated += 1;
      else if (kind !== 'void') {
        counts.deliveries += 1;
        const intended = member.room.intended.get(clientMessageId);
        if (intended !== undefined) latencies.record(now - intended);
      }
      if (seq < member.last) counts.reordered += 1;
      member.seen.add(seq);
      member.last = Math.max(member.last, seq);
    }
  }

  async function connect(index: number): Promise<void> {
    const room = rooms[index % roomCount];
    if (room === undefined) return;
    const socket = new WebSocket(`${options.url}?userId=user-${index}&roomId=${room.roomId}`);
    const member: Member = { socket, room, seen: new Set(), last: 0 };
    socket.on('message', (data) => receive(member, String(data)));
    await once(socket, 'open');
    room.members.push(member);
  }

  for (let index = 0; index < connections; index += connectsPerSecond) {
    const next = Math.min(connectsPerSecond, connections - index);
    const pause = delay(1_000);
    await Promise.all(Array.from({ length: next }, (_, offset) => connect(index + offset)));
    onProgress(`${index + next} of ${connections} connections open`);
    if (index + next < connections) await pause;
  }

  await options.beforeSending?.(rooms.map(({ roomId }) => roomId));
  const start = performance.now();
  const perRoom = Math.round(rate * seconds);
  const intervalMs = 1_000 / rate;

  async function sendSteadily(room: Room, phase: number): Promise<void> {
    for (let index = 0; index < perRoom; index += 1) {
      const intended = start + (phase + index) * intervalMs;
      await delay(Math.max(0, intended - performance.now()));
      const clientMessageId = `${room.roomId}-${index}`;
      room.intended.set(clientMessageId, intended);
      const { roomId } = room;
      room.members[0]?.socket.send(
        JSON.stringify({ action: 'send', roomId, text: `message ${index}`, clientMessageId }),
      );
    }
  }

  const progress = setInterval(() => {
    const elapsed = ((performance.now() - start) / 1_000).toFixed(0);
    onProgress(`${elapsed} s: ${counts.sent} stored, ${counts.deliveries} delivered`);
  }, 5_000);
  await Promise.all(rooms.map((room, index) => sendSteadily(room, index / roomCount)));

  const expected = rooms.reduce((sum, room) => sum + room.members.length * perRoom, 0);
  const drainBy = performance.now() + DRAIN_MAX_MS;
  while (counts.deliveries < expected && performance.now() < drainBy) await delay(50);
  clearInterval(progress);
  const elapsedSeconds = (performance.now() - start) / 1_000;
  for (const { members } of rooms) for (const { socket } of members) socket.terminate();

  const { count: _, ...latencyMs } = latencies.summary();
  return {
    connections,
    rooms: roomCount,
    offeredPerSecond: rate * roomCount,
    sent: counts.sent,
    refused: counts.refused,
    expectedDeliveries: expected,
    deliveries: counts.deliveries,
    deliveriesPerSecond: counts.deliveries / elapsedSeconds,
    lost: expected - counts.deliveries,
    duplicated: counts.duplicated,
    reordered: counts.reordered,
    framesReceived: counts.frames,
    latencyMs,
  };
}
