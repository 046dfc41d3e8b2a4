import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DeliveryJob } from '../../../shared/domain/ports.ts';
import type { Adapters } from './adapters.ts';
import type { FunctionName } from './seams.ts';

/** Parts with a safeguard taken out, for `mutations.ts`. */

type Input = Record<string, unknown>;

/** A client that sends something else than it was asked to. */
export function rewriting(
  client: DynamoDBDocumentClient,
  rewrite: (input: Input) => Input,
): DynamoDBDocumentClient {
  const send = (command: { input: Input }, options?: object) => {
    const prototype = Object.getPrototypeOf(command);
    const input = rewrite(command.input);
    return sendOf(client)(Object.assign(Object.create(prototype), command, { input }), options);
  };
  return { send } as unknown as DynamoDBDocumentClient;
}

const sendOf = (client: DynamoDBDocumentClient) =>
  client.send as unknown as (command: object, options?: object) => Promise<Input>;

/** Puts into that table stand whatever stands there already. */
export function withoutConditions(input: Input, table: string): Input {
  const strip = (put: Input): Input => {
    if (put.TableName !== table || put.Item === undefined) return put;
    const {
      ConditionExpression: _,
      ExpressionAttributeNames: __,
      ExpressionAttributeValues: ___,
      ...rest
    } = put;
    return rest;
  };
  const items = input.TransactItems as { Put?: Input }[] | undefined;
  if (items === undefined) return strip(input);
  return {
    ...input,
    TransactItems: items.map((item) => (item.Put ? { Put: strip(item.Put) } : item)),
  };
}

export const eventual = (table: string) => (input: Input) =>
  input.TableName === table && input.KeyConditionExpression !== undefined
    ? { ...input, ConsistentRead: false }
    : input;

export function forgettingUnprocessed(client: DynamoDBDocumentClient): DynamoDBDocumentClient {
  const send = async (command: object, options?: object) => {
    const { UnprocessedItems: _, ...answer } = await sendOf(client)(command, options);
    return answer;
  };
  return { send } as unknown as DynamoDBDocumentClient;
}

export function withoutVoids(event: unknown): unknown {
  const { Records } = event as { Records: { dynamodb: { NewImage: { kind: { S: string } } } }[] };
  return { Records: Records.filter(({ dynamodb }) => dynamodb.NewImage.kind.S !== 'void') };
}

/** Whoever has just become a member is given the room as it was read before. */
export function headFirst({ rooms, memberships }: Adapters): Partial<Adapters> {
  const known = new Map<string, Awaited<ReturnType<typeof rooms.read>>>();
  const joined = new Set<string>();
  const keep = <Room extends { roomId: string }>(room: Room) =>
    joined.delete(room.roomId) ? ((known.get(room.roomId) ?? room) as Room) : room;
  return {
    rooms: {
      ...rooms,
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

export function withOneFrame(job: DeliveryJob): DeliveryJob {
  const frames = job.frames.map((frame) => JSON.parse(frame));
  const messages = frames.flatMap((frame) => frame.messages ?? []);
  return { ...job, frames: [JSON.stringify({ ...frames[0], messages })] };
}

export function allDone(functionName: FunctionName) {
  return (response: unknown, name: FunctionName) =>
    name === functionName ? { batchItemFailures: [] } : response;
}

export function withNewIds(): (frame: string) => string {
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
