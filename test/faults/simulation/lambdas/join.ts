import { createJoinHandler } from '../../../../services/rooms/join/handler.ts';
import { createLogReader } from '../../../../shared/domain/log-reader.ts';
import type { Adapters } from '../adapters.ts';
import { RETENTION_MS, SHARD_MEMBERS_MAX } from '../deployment.ts';

export const composeJoin = ({ rooms, memberships, messages, clock, log, metrics }: Adapters) =>
  createJoinHandler({
    rooms,
    memberships,
    reader: createLogReader({ log: messages, clock, retentionMs: RETENTION_MS }),
    clock,
    log,
    metrics,
    shardMembersMax: SHARD_MEMBERS_MAX,
  });
