import { createHistoryHandler } from '../../../../services/rooms/history/handler.ts';
import { createReadHistory } from '../../../../services/rooms/history/history.ts';
import { createLogReader } from '../../../../shared/domain/log-reader.ts';
import type { Adapters } from '../adapters.ts';
import { RETENTION_MS } from '../deployment.ts';

export const composeHistory = ({ rooms, memberships, messages, clock, log, metrics }: Adapters) =>
  createHistoryHandler({
    readHistory: createReadHistory({
      rooms,
      reader: createLogReader({ log: messages, clock, retentionMs: RETENTION_MS }),
    }),
    memberships,
    log,
    metrics,
  });
