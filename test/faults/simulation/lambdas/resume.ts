import { createResumeHandler } from '../../../../services/rooms/resume/handler.ts';
import { createLogReader } from '../../../../shared/domain/log-reader.ts';
import type { Adapters } from '../adapters.ts';
import { RETENTION_MS } from '../deployment.ts';

export const composeResume = ({ rooms, memberships, messages, clock, log, metrics }: Adapters) =>
  createResumeHandler({
    rooms,
    memberships,
    reader: createLogReader({ log: messages, clock, retentionMs: RETENTION_MS }),
    clock,
    log,
    metrics,
  });
