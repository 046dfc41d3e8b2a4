import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unavailable } from '../../../shared/domain/errors.ts';
import type { DeliveryJob } from '../../../shared/domain/ports.ts';
import type { Adapters } from './adapters.ts';
import { TABLES } from './deployment.ts';
import type { FunctionName, Seams } from './seams.ts';

/**
 * Ways to break the product, applied one by one to see that the checker notices. Each takes one
 * safeguard out, at a port, an adapter's client or a function's edge; three replace a module of the
 * client library (see `mutants.ts`).
 */
export interface Mutation {
  /** What is taken out. */
  means: string;
  seams?: Seams;
  /** A module that stands in for one of the client library. */
  replaces?: { module: string; by: string };
}

const READERS: readonly FunctionName[] = ['join', 'resume', 'history'];
const SEQUENCE = 'client/sequence.ts';

export const MUTATIONS: Record<string, Mutation> = {
  'receipts-unchecked': {
    means:
      'a repeated send is not recognised: neither the look-up nor the condition on the receipt',
    seams: {
      adapters: ({ store }) => ({ store: { ...store, findReceipt: async () => undefined } }),
      dynamo: (client) => rewriting(client, (input) => withoutConditions(input, TABLES.receipts)),
    },
  },
  'acknowledged-early': {
    means: 'the sender is answered before the write has succeeded',
    seams: {
      adapters: ({ store }) => ({
        store: {
          ...store,
          async append(message, expiresAt) {
            store.append(message, expiresAt).catch(() => {});
            return { outcome: 'stored' };
          },
        },
      }),
    },
  },
  'seal-overwritten': {
    means: 'a late writer puts its message where a reader has sealed: no condition on the number',
    seams: {
      dynamo: (client, name) =>
        name === 'send'
          ? rewriting(client, (input) => withoutConditions(input, TABLES.messages))
          : client,
    },
  },
  'seal-overwrites': {
    means: 'a reader seals without looking: no condition on the void record',
    seams: {
      dynamo: (client, name) =>
        READERS.includes(name)
          ? rewriting(client, (input) => withoutConditions(input, TABLES.messages))
          : client,
    },
  },
  'seal-unwritten': {
    means: 'a reader is told of a void that was never written',
    seams: {
      adapters: ({ messages }, name) =>
        READERS.includes(name) ? { messages: { ...messages, seal: async (entry) => entry } } : {},
    },
  },
  'holes-unsealed': {
    means: 'nobody seals a hole that a crash has left',
    seams: {
      adapters: ({ messages }, name) =>
        READERS.includes(name)
          ? { messages: { ...messages, seal: () => Promise.reject(unavailable('Not sealed.')) } }
          : {},
    },
  },
  'voids-unpushed': {
    means: 'a void record is not pushed',
    seams: {
      event: (event, name) => (name === 'fanOut' ? withoutVoids(event) : event),
    },
  },
  'answers-stale': {
    means: 'history, resume and join read the log eventually consistent',
    seams: {
      dynamo: (client, name) =>
        READERS.includes(name) ? rewriting(client, eventual(TABLES.messages)) : client,
    },
  },
  'members-stale': {
    means: 'the fan-out reads members eventually consistent',
    seams: {
      dynamo: (client, name) =>
        name === 'fanOut' ? rewriting(client, eventual(TABLES.memberships)) : client,
    },
  },
  'head-before-membership': {
    means: 'join and resume read the head before they write the membership',
    seams: { adapters: (adapters, name) => (READERS.includes(name) ? headFirst(adapters) : {}) },
  },
  'last-page-only': {
    means: 'the fan-out takes the last page of the members for all of them',
    seams: {
      adapters: ({ memberships }) => ({
        memberships: {
          ...memberships,
          async *connectionPages(roomId, shardCount) {
            let last: string[] = [];
            for await (const page of memberships.connectionPages(roomId, shardCount)) last = page;
            yield last;
          },
        },
      }),
    },
  },
  'frames-joined': {
    means: 'a job carries one frame, however large',
    seams: {
      adapters: ({ deliveryQueue }, name) =>
        name === 'fanOut'
          ? {
              deliveryQueue: {
                send: (jobs, delay) => deliveryQueue.send(jobs.map(withOneFrame), delay),
              },
            }
          : {},
    },
  },
  'stream-report-removed': {
    means: 'the fan-out reports every batch as done',
    seams: { response: allDone('fanOut') },
  },
  'queue-report-removed': {
    means: 'the delivery reports every job as done',
    seams: { response: allDone('deliver') },
  },
  'remainder-dropped': {
    means: 'recipients that could not be reached do not go back to the queue',
    seams: {
      adapters: (_adapters, name) =>
        name === 'deliver' ? { deliveryQueue: { send: async () => {} } } : {},
    },
  },
  'young-removed': {
    means: 'a 410 of a connection in its first seconds counts as gone',
    seams: {
      adapters: ({ connections }) => ({
        connections: { ...connections, connectedAt: async () => new Map() },
      }),
    },
  },
  'gone-kept': {
    means: 'connections that are gone are not cleaned up',
    seams: {
      adapters: ({ memberships }, name) =>
        name === 'deliver'
          ? { memberships: { ...memberships, removeConnections: async () => {} } }
          : {},
    },
  },
  'unprocessed-ignored': {
    means: 'what a batch write leaves over is forgotten',
    seams: { dynamo: (client) => forgettingUnprocessed(client) },
  },
  'new-id-on-retry': {
    means: 'the library sends again under another clientMessageId',
    get seams() {
      return { sentFrame: withNewIds() };
    },
  },
  'hold-back-removed': {
    means: 'the library asks at once for what is only late',
    seams: { clientOptions: { holdBackMs: 0 } },
  },
  'dedup-removed': {
    means: 'the library shows what it has shown already',
    replaces: { module: SEQUENCE, by: './mutants/sequence-without-dedup.ts' },
  },
  'gap-pull-removed': {
    means: 'the library does not ask for what it misses',
    replaces: { module: SEQUENCE, by: './mutants/sequence-without-pull.ts' },
  },
};

export function seamsOf(mutation: string | undefined): Seams {
  return (mutation === undefined ? undefined : MUTATIONS[mutation]?.seams) ?? {};
}

type Input = Record<string, unknown>;

/** A client that sends something else than it was asked to. */
function rewriting(client: DynamoDBDocumentClient, rewrite: (input: Input) => Input) {
  const send = (command: { input: Input }) =>
    client.send(
      Object.assign(Object.create(Object.getPrototypeOf(command)), command, {
        input: rewrite(command.input),
      }) as never,
    );
  return { send } as unknown as DynamoDBDocumentClient;
}

/** Puts into that table stand whatever stands there already. */
function withoutConditions(input: Input, table: string): Input {
  const strip = (put: Input): Input => {
    if (put.TableName !== table || put.Item === undefined) return put;
    const { ConditionExpression: _, ExpressionAttributeValues: __, ...rest } = put;
    return rest;
  };
  const items = input.TransactItems as { Put?: Input }[] | undefined;
  if (items === undefined) return strip(input);
  return {
    ...input,
    TransactItems: items.map((item) => (item.Put ? { Put: strip(item.Put) } : item)),
  };
}

const eventual = (table: string) => (input: Input) =>
  input.TableName === table && input.KeyConditionExpression !== undefined
    ? { ...input, ConsistentRead: false }
    : input;

function forgettingUnprocessed(client: DynamoDBDocumentClient): DynamoDBDocumentClient {
  const send = async (command: never) => {
    const { UnprocessedItems: _, ...answer } = (await client.send(command)) as unknown as Input;
    return answer;
  };
  return { send } as unknown as DynamoDBDocumentClient;
}

function withoutVoids(event: unknown): unknown {
  const { Records } = event as { Records: { dynamodb: { NewImage: { kind: { S: string } } } }[] };
  return { Records: Records.filter(({ dynamodb }) => dynamodb.NewImage.kind.S !== 'void') };
}

/** Whoever has just become a member is given the room as it was read before. */
function headFirst({ rooms, memberships }: Adapters): Partial<Adapters> {
  const known = new Map<string, Awaited<ReturnType<typeof rooms.read>>>();
  const joined = new Set<string>();
  const keep = <Room extends { roomId: string }>(room: Room) =>
    joined.delete(room.roomId) ? ((known.get(room.roomId) ?? room) as Room) : room;
  return {
    rooms: {
      async read(roomId) {
        const room = keep(await rooms.read(roomId));
        known.set(roomId, room);
        return room;
      },
      async readMany(roomIds) {
        const read = await rooms.readMany(roomIds);
        for (const [roomId, room] of read) read.set(roomId, keep(room));
        for (const [roomId, room] of read) known.set(roomId, room);
        return read;
      },
    },
    memberships: {
      ...memberships,
      async join(membership, shardCount) {
        await memberships.join(membership, shardCount);
        joined.add(membership.roomId);
      },
    },
  };
}

function withOneFrame(job: DeliveryJob): DeliveryJob {
  const frames = job.frames.map((frame) => JSON.parse(frame));
  const messages = frames.flatMap((frame) => frame.messages ?? []);
  return { ...job, frames: [JSON.stringify({ ...frames[0], messages })] };
}

function allDone(functionName: FunctionName) {
  return (response: unknown, name: FunctionName) =>
    name === functionName ? { batchItemFailures: [] } : response;
}

function withNewIds(): (frame: string) => string {
  const sends = new Map<string, number>();
  return (text) => {
    const frame = JSON.parse(text);
    if (frame.action !== 'send') return text;
    const count = sends.get(frame.clientMessageId) ?? 0;
    sends.set(frame.clientMessageId, count + 1);
    const suffix = count === 0 ? '' : `-again-${count}`;
    return JSON.stringify({ ...frame, clientMessageId: `${frame.clientMessageId}${suffix}` });
  };
}
