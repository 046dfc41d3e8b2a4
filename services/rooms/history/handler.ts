import * as z from 'zod';
import { requireMember, requireRight } from '../../../shared/domain/admission.ts';
import { ANSWER_ENTRIES_MAX_BYTES } from '../../../shared/domain/limits.ts';
import type { Memberships } from '../../../shared/domain/ports.ts';
import { createHttpRoute, type HttpHandler, parseWith } from '../../../shared/lambda/http-route.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { RouteMetrics } from '../../../shared/lambda/metrics.ts';
import { createSocketRoute, type SocketHandler } from '../../../shared/lambda/socket-route.ts';
import type { HistoryReply } from '../../../shared/protocol/frames.ts';
import {
  historyQuerySchema,
  historySchema,
  roomIdSchema,
} from '../../../shared/protocol/schemas.ts';
import { fitEntries } from '../../../shared/protocol/wire-entry.ts';
import type { HistoryPage, HistoryQuery, ReadHistory } from './history.ts';

export interface HistoryHandlerDependencies {
  readHistory: ReadHistory;
  memberships: Pick<Memberships, 'roomsOf'>;
  log: Log;
  metrics: RouteMetrics;
}

/** `history` over a socket → one page of the room's log. Members only. */
export function createHistoryHandler({
  readHistory,
  memberships,
  log,
  metrics,
}: HistoryHandlerDependencies): SocketHandler {
  return createSocketRoute(historySchema, { log, metrics }, async (query, { connectionId }) => {
    const admission = requireMember(memberships, connectionId, query.roomId);
    return { type: 'history', ...toAnswer(query, await readHistory(query, admission)) };
  });
}

const pathSchema = z.object({ roomId: roomIdSchema });

/** `GET …/messages` → the same, for whoever has the right to the room. */
export function createGetHistoryHandler({
  readHistory,
  log,
  metrics,
}: Pick<HistoryHandlerDependencies, 'readHistory' | 'log' | 'metrics'>): HttpHandler {
  return createHttpRoute({ log, metrics }, async ({ identity, path, query }) => {
    const { roomId } = parseWith(pathSchema, path);
    requireRight(identity, roomId);
    const page = { roomId, ...parseWith(historyQuerySchema, query) };
    const answer = toAnswer(page, await readHistory(page, Promise.resolve()));
    return { statusCode: 200, body: answer };
  });
}

/** Cut to the size of an answer from the far end, as seen from where the reader asked. */
function toAnswer(
  { roomId, after }: HistoryQuery,
  { entries, head, more }: HistoryPage,
): Omit<HistoryReply, 'type'> {
  const backward = after === undefined;
  const nearestFirst = backward ? entries.toReversed() : entries;
  const { messages, cut } = fitEntries(nearestFirst, ANSWER_ENTRIES_MAX_BYTES);
  return { roomId, messages: backward ? messages.reverse() : messages, head, more: more || cut };
}
