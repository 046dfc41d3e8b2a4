import { createConnectHandler } from '../../../../services/connections/connect/handler.ts';
import type { Adapters } from '../adapters.ts';

export const composeConnect = ({
  connections,
  memberships,
  rooms,
  clock,
  log,
  metrics,
}: Adapters) => createConnectHandler({ connections, memberships, rooms, clock, log, metrics });
