import { createLogReader } from '../../../../shared/domain/log-reader.ts';
import type { Adapters } from '../adapters.ts';
import { RETENTION_MS } from '../deployment.ts';

export const composeLogReader = ({ messages, clock }: Pick<Adapters, 'messages' | 'clock'>) =>
  createLogReader({ log: messages, clock, retentionMs: RETENTION_MS });
