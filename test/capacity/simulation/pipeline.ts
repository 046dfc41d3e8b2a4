import { createTokenBucket } from '../../../local/gateway/token-bucket.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { wireSize } from '../../../shared/protocol/wire-entry.ts';
import { ASSUMPTIONS, LIMITS } from '../platform.ts';
import type { Account } from './account.ts';
import type { Delivery } from './delivery.ts';
import type { Letter } from './fair-queue.ts';
import type { Gathering } from './gathering.ts';
import type { Ledger } from './ledger.ts';
import type { Places } from './places.ts';
import { billedRequests } from './queue-metering.ts';
import { createRoomFanOut } from './room-fan-out.ts';
import { createStreamShard } from './stream.ts';
import type { Usage } from './usage.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface PipelineOptions {
  time: VirtualTime;
  account: Account;
  places: Places;
  ledger: Ledger;
  usage: Usage;
  delivery: Delivery;
  gathering: Gathering;
  /** Members of each room. */
  members: readonly number[];
  /** A message as JSON. */
  messageBytes: number;
  shards: number;
}

/** From the sender to the delivery queue: `1-send`, the stream, `2-fan-out` and what gathers. */
export interface Pipeline {
  send(room: number): void;
  /** Stored or taken in hand, and not fanned out. */
  unsent(): { message: Message; members: number }[];
  /** On their way to the queue. */
  inTransit(): Letter[];
  /** Rooms of which something was sent, gathered, refused since the start. */
  readonly rooms: { active: Set<number>; gathered: Set<number>; limited: Set<number> };
}

interface Stored {
  room: number;
  message: Message;
}

const JOBS_PER_REQUEST = ASSUMPTIONS.jobsPerRequest;

/** On the room's row: scheduled, begun, and how far it came. */
const FLUSH_WRITES = 3;

export function createPipeline(options: PipelineOptions): Pipeline {
  const { time, account, places, ledger, usage, delivery, gathering } = options;
  const memberCount = (room: number) => options.members[room] ?? 0;
  const rooms = {
    active: new Set<number>(),
    gathered: new Set<number>(),
    limited: new Set<number>(),
  };
  const heads = new Map<number, number>();
  const partitions = new Map<number, ReturnType<typeof createTokenBucket>>();
  const inHand = new Set<Stored>();
  /** Of each room, what is stored and not fanned out. */
  const logs = new Map<number, Message[]>();
  const inTransit = new Set<Letter>();
  const fanOutRoom = createRoomFanOut(time, gathering);
  const text = textOf(options.messageBytes);
  const writeUnits = Math.ceil(options.messageBytes / 1_024);
  const shards = Array.from({ length: options.shards }, (_, index) =>
    createStreamShard<Stored>({
      time,
      places,
      phaseMs: (index / options.shards) * (1_000 / LIMITS.streamPollsPerSecond),
      process: fanOutBatch,
    }),
  );

  function send(room: number): void {
    rooms.active.add(room);
    if (account.request(1) === 0) {
      usage.refusedByGateway += 1;
      return;
    }
    if (gathering.retryAfterMs(room) > 0) {
      usage.refusedBySlowMode += 1;
      rooms.limited.add(room);
      return;
    }
    if (!partitionTakes(room, 2 * writeUnits)) {
      usage.refusedByPartition += 1;
      rooms.limited.add(room);
      return;
    }
    usage.messages += 1;
    ledger.accept(memberCount(room));
    // The room's number, then one transaction of the message and its receipt, at twice the units.
    usage.tableWrites += 1 + 2 * writeUnits + 2;
    usage.tableReads += 2;
    const sentAt = time.now();
    const seq = (heads.get(room) ?? 0) + 1;
    heads.set(room, seq);
    const stored = { room, message: aMessage(`room-${room}`, seq, text, sentAt) };
    inHand.add(stored);
    places.enter((leave) =>
      time.after(ASSUMPTIONS.sendMs, () => {
        leave();
        inHand.delete(stored);
        logs.set(room, [...(logs.get(room) ?? []), stored.message]);
        shards[room % shards.length]?.add(stored);
      }),
    );
  }

  /** The partition of Messages that a room is in. */
  function partitionTakes(room: number, units: number): boolean {
    const perSecond = LIMITS.partitionWritesPerSecond / units;
    const bucket = partitions.get(room) ?? createTokenBucket(time, perSecond, perSecond);
    partitions.set(room, bucket);
    return bucket.tryTake();
  }

  /** One invocation of `2-fan-out`. */
  async function fanOutBatch(batch: readonly Stored[]): Promise<number> {
    const lanes = Array<number>(ASSUMPTIONS.roomsAtOnce).fill(time.now());
    const letters = [];
    for (const [room, stored] of Map.groupBy(batch, (record) => record.room)) {
      const { direct, dueAt } = gathering.judge(
        room,
        stored.map(({ message }) => message),
      );
      if (dueAt !== undefined) scheduleFlush(room, dueAt);
      if (direct.length === 0) continue;
      const lane = lanes.indexOf(Math.min(...lanes));
      const work = await fanOut(room, direct, lanes[lane] ?? time.now());
      gathering.posted(room, work.posts);
      lanes[lane] = work.endsAt;
      letters.push(...work.letters);
    }
    sendRequests(letters);
    const endsAt = Math.max(...lanes);
    usage.fanOutBatches += 1;
    usage.fanOutMs += endsAt - time.now();
    return endsAt;
  }

  function scheduleFlush(room: number, dueAt: number): void {
    rooms.gathered.add(room);
    // Sent, received, deleted.
    usage.sqsRequests += 3;
    usage.tableWrites += FLUSH_WRITES;
    time.at(Math.max(dueAt, time.now() + ASSUMPTIONS.sqsMs), () =>
      places.enter((leave) => {
        time.after(0, async () => time.at(await flush(room), leave));
      }),
    );
  }

  /** One invocation of the flush: it reads what is stored by now, whether the stream has brought it or not. */
  async function flush(room: number): Promise<number> {
    const from = gathering.beginFlush(room);
    const messages = (logs.get(room) ?? []).filter(({ seq }) => seq >= from);
    usage.tableReads += messages.length * writeUnits;
    const { letters, posts, endsAt } = await fanOut(room, messages, time.now());
    gathering.posted(room, posts, messages.at(-1)?.seq ?? from - 1);
    sendRequests(letters);
    usage.fanOutBatches += 1;
    usage.fanOutMs += endsAt - time.now();
    return endsAt;
  }

  async function fanOut(room: number, messages: readonly Message[], startsAt: number) {
    const members = memberCount(room);
    const { letters, frames } = await fanOutRoom(room, members, messages);
    const sent = new Set(messages);
    logs.set(
      room,
      (logs.get(room) ?? []).filter((message) => !sent.has(message)),
    );
    usage.fanOuts += 1;
    usage.tableReads += 1 + Math.ceil((members * ASSUMPTIONS.membershipRowBytes) / 4_096);
    const readMs = (members / 1_000) * ASSUMPTIONS.fanOutMsPerThousandMembers;
    const firstAt = startsAt + ASSUMPTIONS.fanOutMs;
    // Jobs leave as the members are read, ten in a request, and may be taken when their second comes.
    const timed = letters.map(({ letter, delaySeconds }, index) => {
      const full = Math.min(
        letters.length,
        JOBS_PER_REQUEST * Math.ceil((index + 1) / JOBS_PER_REQUEST),
      );
      const enqueuedAt = firstAt + (readMs * full) / letters.length;
      return { letter, at: enqueuedAt + delaySeconds * 1_000 };
    });
    return { letters: timed, posts: frames * members, endsAt: firstAt + readMs };
  }

  function sendRequests(letters: readonly { letter: Letter; at: number }[]): void {
    for (let first = 0; first < letters.length; first += JOBS_PER_REQUEST) {
      const request = letters.slice(first, first + JOBS_PER_REQUEST);
      usage.sqsRequests += billedRequests(request.map(({ letter }) => letter));
    }
    for (const { letter, at } of letters) {
      inTransit.add(letter);
      time.at(at + ASSUMPTIONS.sqsMs, () => {
        inTransit.delete(letter);
        delivery.add(letter);
      });
    }
  }

  const withMembers = ({ room, message }: Stored) => ({ message, members: memberCount(room) });
  return {
    send,
    rooms,
    unsent: () => [
      ...[...inHand].map(withMembers),
      ...[...logs].flatMap(([room, messages]) =>
        messages.map((message) => withMembers({ room, message })),
      ),
    ],
    inTransit: () => [...inTransit],
  };
}

function aMessage(roomId: string, seq: number, text: string, receivedAt: number): Message {
  const messageId = String(seq).padStart(26, '0');
  return {
    kind: 'message',
    roomId,
    seq,
    messageId,
    userId: 'somebody',
    text,
    receivedAt,
    sentAt: receivedAt,
  };
}

/** As much of it as makes a message so large in a frame. */
function textOf(messageBytes: number): string {
  const bare = wireSize(aMessage('room', 1, '', 0));
  return 'x'.repeat(Math.max(0, messageBytes - bare));
}
