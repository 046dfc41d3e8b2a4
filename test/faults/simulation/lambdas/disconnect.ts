import { createDisconnectHandler } from '../../../../services/connections/disconnect/handler.ts';
import type { Adapters } from '../adapters.ts';

export const composeDisconnect = ({ connections, memberships, log, metrics }: Adapters) =>
  createDisconnectHandler({ memberships, connections, log, metrics });
