import * as z from 'zod';
import { requireMember, requireRight } from '../../../shared/domain/admission.ts';
import { ChatError } from '../../../shared/domain/errors.ts';
import { MESSAGE_MAX_BYTES } from '../../../shared/domain/limits.ts';
import type { Memberships } from '../../../shared/domain/ports.ts';
import { createHttpRoute, type HttpHandler, parseWith } from '../../../shared/lambda/http-route.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { MetricsOf } from '../../../shared/lambda/metrics.ts';
import {
  createSocketRoute,
  parseJson,
  type SocketHandler,
} from '../../../shared/lambda/socket-route.ts';
import {
  clientMessageIdSchema,
  putMessageSchema,
  roomIdSchema,
  sendSchema,
} from '../../../shared/protocol/schemas.ts';
import { wireSize } from '../../../shared/protocol/wire-entry.ts';
import type { Send, SendCommand, Sent } from './send.ts';

export interface SendHandlerDependencies {
  send: Send;
  memberships: Pick<Memberships, 'roomsOf'>;
  log: Log;
  metrics: MetricsOf<'send'>;
}

/** `send` over a socket → one stored message and its acknowledgement. Members only. */
export function createSendHandler({
  send,
  memberships,
  log,
  metrics,
}: SendHandlerDependencies): SocketHandler {
  return createSocketRoute(sendSchema, { log, metrics }, async (frame, context) => {
    const { roomId, text, data, clientMessageId } = frame;
    const command = toCommand(
      { roomId, userId: context.identity.userId, text, receivedAt: context.requestedAt },
      data,
      clientMessageId,
    );
    const sent = await send(command, requireMember(memberships, context.connectionId, roomId));
    report({ log, metrics }, command, sent);
    return {
      type: 'sent',
      roomId,
      seq: sent.seq,
      messageId: sent.messageId,
      sentAt: new Date(sent.sentAt).toISOString(),
      ...(clientMessageId === undefined ? {} : { clientMessageId }),
      duplicate: sent.duplicate,
    };
  });
}

const putPathSchema = z.object({ roomId: roomIdSchema, clientMessageId: clientMessageIdSchema });

/** `PUT …/messages/{clientMessageId}` → the same, for whoever has the right to the room. */
export function createPutMessageHandler({
  send,
  log,
  metrics,
}: Pick<SendHandlerDependencies, 'send' | 'log' | 'metrics'>): HttpHandler {
  return createHttpRoute({ log, metrics }, async ({ identity, requestedAt, path, body }) => {
    const { roomId, clientMessageId } = parseWith(putPathSchema, path);
    requireRight(identity, roomId);
    const { text, data } = parseWith(putMessageSchema, parseJson(body));
    const command = toCommand(
      { roomId, userId: identity.userId, text, receivedAt: requestedAt },
      data,
      clientMessageId,
    );
    const sent = await send(command, Promise.resolve());
    report({ log, metrics }, command, sent);
    const { seq, messageId, sentAt, duplicate } = sent;
    return {
      statusCode: duplicate ? 200 : 201,
      body: { seq, messageId, sentAt: new Date(sentAt).toISOString(), duplicate },
    };
  });
}

/** A line for each message, from which it can be followed by its number. Its text is logged nowhere. */
function report(
  { log, metrics }: Pick<SendHandlerDependencies, 'log' | 'metrics'>,
  { roomId, receivedAt }: SendCommand,
  { seq, messageId, duplicate }: Sent,
): void {
  log.info('stored', { roomId, seq, messageId, receivedAt, duplicate });
  if (duplicate) metrics.emit({ duplicates: 1 });
}

/** @throws ChatError `TOO_LARGE` for a message that would not fit a frame of its own. */
function toCommand(
  base: Omit<SendCommand, 'data' | 'clientMessageId'>,
  data: unknown,
  clientMessageId: string | undefined,
): SendCommand {
  const command: SendCommand = {
    ...base,
    ...(data === undefined ? {} : { data: JSON.stringify(data) }),
    ...(clientMessageId === undefined ? {} : { clientMessageId }),
  };
  const messageId = '0'.repeat(26);
  const size = wireSize({ kind: 'message', ...command, messageId, sentAt: command.receivedAt });
  if (size > MESSAGE_MAX_BYTES) {
    const message = `The message takes ${size} bytes as JSON; at most ${MESSAGE_MAX_BYTES} fit.`;
    throw new ChatError('TOO_LARGE', message);
  }
  return command;
}
