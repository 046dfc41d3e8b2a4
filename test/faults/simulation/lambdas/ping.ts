import { createPingHandler } from '../../../../services/connections/ping/handler.ts';
import type { Adapters } from '../adapters.ts';

export const composePing = ({ memberships, rooms, clock, log, metrics }: Adapters) =>
  createPingHandler({ memberships, rooms, clock, log, metrics });
