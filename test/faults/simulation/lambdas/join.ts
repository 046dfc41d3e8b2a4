import { createJoinHandler } from '../../../../services/rooms/join/handler.ts';
import type { Adapters } from '../adapters.ts';
import { SHARD_MEMBERS_MAX } from '../deployment.ts';
import { composeLogReader } from './log-reader.ts';

export const composeJoin = ({ rooms, memberships, messages, clock, log, metrics }: Adapters) =>
  createJoinHandler({
    rooms,
    memberships,
    reader: composeLogReader({ messages, clock }),
    clock,
    log,
    metrics,
    shardMembersMax: SHARD_MEMBERS_MAX,
  });
