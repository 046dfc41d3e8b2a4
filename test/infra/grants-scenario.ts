import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { ENGINE_CREDENTIALS } from '../../local/engines/credentials.ts';
import type { GatewayFaults } from '../../local/gateway/faults.ts';
import type { EngineEndpoints, LocalStack } from '../../local/stack.ts';
import { encodeJob } from '../../shared/aws/delivery-job.ts';
import { encodeRoomJob } from '../../shared/aws/room-job.ts';
import type { PartJob } from '../../shared/domain/ports.ts';
import { SHARD_MEMBERS_MAX } from '../../shared/domain/shard.ts';
import { type ChatSocket, openSocket } from '../support/chat-socket.ts';
import { askForTooMuch, loseJobs } from './trouble-scenario.ts';

export interface Stage {
  stack: LocalStack;
  /** Where the tables and queues are, past whatever stands before them. */
  engines: EngineEndpoints;
  /** Variables of the functions, such as `ROOMS_TABLE`. */
  names: Record<string, string>;
  /** The id of the function that an operator invokes by hand. */
  drainFunctionId: string;
  faults: GatewayFaults;
}

/** Touches every branch of every function that calls a table or a queue. */
export async function actOut(stage: Stage): Promise<void> {
  const backstage = openBackstage(stage);
  const ann = await openSocket(stage.stack.webSocketUrl, { userId: 'ann', roomId: 'red' });
  const ben = await openSocket(stage.stack.webSocketUrl, { userId: 'ben' });
  try {
    await ben.request({ action: 'join', roomId: 'red' });
    await readRooms(ann, backstage);
    await joinFullRoom(ann, backstage);
    await sendAll(ann, backstage);
    await callOverHttp(stage);
    ben.send({ action: 'typing', roomId: 'red' });
    await ann.find(({ type }) => type === 'typing');
    await stage.stack.idle();
    await deliverWithDifficulty(ann, ben, stage);
    await closeSlowConnection(stage, backstage);
    await flushRooms(ann, stage, backstage);
    await backstage.addPoison();
    const trouble = { ...stage.stack, ...backstage, faults: stage.faults };
    await askForTooMuch(ann, trouble);
    await loseJobs(ann, trouble);
    await stage.stack.invoker.invoke(stage.drainFunctionId, {});
    await ann.find(({ type }) => type === 'goaway');
    await stage.stack.idle();
  } finally {
    ann.close();
    ben.close();
    backstage.close();
  }
}

type Backstage = ReturnType<typeof openBackstage>;

/** Puts things into the tables and queues that no client can. */
function openBackstage({ engines, names }: Stage) {
  const engine = { region: 'us-east-1', credentials: ENGINE_CREDENTIALS };
  const dynamoDb = new DynamoDBClient({ ...engine, endpoint: engines.dynamoDb });
  const documents = DynamoDBDocumentClient.from(dynamoDb);
  const sqs = new SQSClient({ ...engine, endpoint: engines.sqs });
  const past = Date.now() - 60_000;
  const expiresAt = Math.floor(Date.now() / 1_000) + 3_600;

  const put = (table: string, Item: Record<string, unknown>) =>
    documents.send(new PutCommand({ TableName: names[table], Item }));
  const putVoid = (roomId: string, seq: number, version = 1) =>
    put('MESSAGES_TABLE', { v: version, kind: 'void', roomId, seq, sentAt: past, expiresAt });

  const enqueue = (MessageBody: string, queue = 'DELIVERY_QUEUE_URL') =>
    sqs.send(new SendMessageCommand({ QueueUrl: names[queue], MessageBody }));
  const memberOf = (roomId: string, index: number) => ({
    Put: {
      TableName: names.MEMBERSHIPS_TABLE,
      Item: {
        partition: `room#${roomId}#0`,
        member: `absent-${index}`,
        userId: 'absent',
        joinedAt: past,
        expiresAt,
      },
    },
  });

  return {
    put,
    putVoid,
    /** Number 1 was given out and never used: whoever reads the room seals it. */
    async makeHole(roomId: string) {
      await put('ROOMS_TABLE', { roomId, head: 2, headAt: past, createdAt: past });
      await putVoid(roomId, 2);
    },
    enqueue,
    /** Memberships of nobody, in as large transactions as there are. */
    async fill(roomId: string, count: number) {
      for (let first = 0; first < count; first += 100) {
        const TransactItems = Array.from({ length: 100 }, (_, index) =>
          memberOf(roomId, first + index),
        );
        await documents.send(new TransactWriteCommand({ TransactItems }));
      }
    },
    /** What makes no sense is set aside, by fan-out and by deliver. */
    async addPoison() {
      await putVoid('red', 100, 99);
      await enqueue(SECRET);
      await enqueue(SECRET, 'FLUSH_QUEUE_URL');
    },
    close() {
      dynamoDb.destroy();
      sqs.destroy();
    },
  };
}

async function readRooms(ann: ChatSocket, { makeHole }: Backstage): Promise<void> {
  await makeHole('join');
  await ann.request({ action: 'join', roomId: 'join', since: 0 });
  await makeHole('resume');
  await ann.request({ action: 'resume', rooms: { resume: 0 } });
  await ann.request({ action: 'join', roomId: 'history' });
  await makeHole('history');
  await ann.request({ action: 'history', roomId: 'history' });
  await ann.request({ action: 'presence', roomId: 'red' });
  await ann.request({ action: 'ping', rooms: { red: 0 } });
  await ann.request({ action: 'leave', roomId: 'join' });
}

/** One more than a shard is meant to hold. */
async function joinFullRoom(ann: ChatSocket, { fill }: Backstage): Promise<void> {
  await fill('full', SHARD_MEMBERS_MAX);
  await ann.request({ action: 'join', roomId: 'full' });
}

/** Stands in every text, and in all data: no line of a log may have it. */
export const SECRET = 'between-us';

const send = { action: 'send', roomId: 'red', text: SECRET, data: { word: SECRET } };

async function sendAll(ann: ChatSocket, { putVoid }: Backstage): Promise<void> {
  await ann.request(send);
  await ann.request({ ...send, clientMessageId: 'c-1' });
  await ann.request({ ...send, clientMessageId: 'c-1' });
  // The next number has been sealed: send takes another, and finds that there is nothing to give up.
  await putVoid('red', 3);
  await ann.request({ ...send, clientMessageId: 'c-2' });
}

/** One room has posted its share; in another one, a flush finds holes: an old one, and one to come back for. */
async function flushRooms(ann: ChatSocket, { stack }: Stage, { put, putVoid, enqueue }: Backstage) {
  const roomId = 'hot';
  await ann.request({ action: 'join', roomId });
  const pacing = { version: 1, freeAt: Date.now() + 2_000, members: 1 };
  await put('ROOMS_TABLE', { roomId, pacing, pacingVersion: 1, freeAt: pacing.freeAt });
  await ann.request({ action: 'send', roomId, text: 'flushed' });
  await ann.messages(roomId, 1);

  const past = Date.now() - 60_000;
  const holes = { roomId: 'holes', head: 3, headAt: Date.now(), createdAt: past };
  await put('ROOMS_TABLE', holes);
  await putVoid('holes', 2);
  const job = { kind: 'flush', roomId: 'holes', id: 'by-hand', from: 1, dueAt: past } as const;
  await enqueue(encodeRoomJob(job), 'FLUSH_QUEUE_URL');
  const times = { oldestReceivedAt: past, fannedOutAt: past };
  const part: PartJob = {
    kind: 'part',
    seqs: [1, 1],
    roomId,
    frames: ['{}'],
    shards: { first: 1, end: 2 },
    ...times,
  };
  await enqueue(encodeRoomJob(part), 'FLUSH_QUEUE_URL');
  await stack.idle();
}

async function callOverHttp({ stack }: Stage): Promise<void> {
  const body = JSON.stringify({ text: `${SECRET} over HTTP` });
  for (const [path, request] of [
    ['messages', {}],
    ['presence', {}],
    ['messages/c-3', { method: 'PUT', body }],
  ] as const) {
    const url = `${stack.origin}/api/rooms/red/${path}?userId=ann`;
    const { ok, status } = await fetch(url, request);
    if (!ok) throw new Error(`${path} was answered with ${status}`);
  }
}

/** Two recipients times three rounds: after that, what is left goes back to the queue. */
const REFUSALS = 6;

async function deliverWithDifficulty(
  ann: ChatSocket,
  ben: ChatSocket,
  { stack, faults }: Stage,
): Promise<void> {
  let refusals = 0;
  faults.failPost = () => {
    refusals += 1;
    return refusals <= REFUSALS ? 429 : undefined;
  };
  await ann.request({ ...send, text: `${SECRET} throttled` });
  await stack.idle();

  const { connection } = await ben.request({ action: 'where am I?' });
  const { connectionId } = connection as { connectionId: string };
  faults.failPost = (id) => (id === connectionId ? 410 : undefined);
  await ann.request({ ...send, text: `${SECRET} gone` });
  await stack.idle();
}

/** Its socket is full, and has been so in the two deliveries before. */
async function closeSlowConnection(
  { stack, faults }: Stage,
  { enqueue }: Backstage,
): Promise<void> {
  const cat = await openSocket(stack.webSocketUrl, { userId: 'cat' });
  const { connection } = await cat.request({ action: 'where am I?' });
  const { connectionId } = connection as { connectionId: string };
  faults.failPost = (id) => (id === connectionId ? 429 : undefined);
  const times = { oldestReceivedAt: Date.now(), fannedOutAt: Date.now() };
  const job = { roomId: 'red', frames: ['{}'], connectionIds: [connectionId], ...times };
  await enqueue(encodeJob({ ...job, hops: 2, strikes: 2 }));
  await cat.closed;
}
