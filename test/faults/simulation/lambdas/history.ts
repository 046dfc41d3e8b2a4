import { createHistoryHandler } from '../../../../services/rooms/history/handler.ts';
import { createReadHistory } from '../../../../services/rooms/history/history.ts';
import type { Adapters } from '../adapters.ts';
import { composeLogReader } from './log-reader.ts';

export const composeHistory = ({ rooms, memberships, messages, clock, log, metrics }: Adapters) =>
  createHistoryHandler({
    readHistory: createReadHistory({
      rooms,
      reader: composeLogReader({ messages, clock }),
    }),
    memberships,
    log,
    metrics,
  });
