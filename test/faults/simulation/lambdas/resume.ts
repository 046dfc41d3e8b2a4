import { createResumeHandler } from '../../../../services/rooms/resume/handler.ts';
import type { Adapters } from '../adapters.ts';
import { composeLogReader } from './log-reader.ts';

export const composeResume = ({ rooms, memberships, messages, clock, log, metrics }: Adapters) =>
  createResumeHandler({
    rooms,
    memberships,
    reader: composeLogReader({ messages, clock }),
    clock,
    log,
    metrics,
  });
