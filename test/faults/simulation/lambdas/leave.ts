import { createLeaveHandler } from '../../../../services/rooms/leave/handler.ts';
import type { Adapters } from '../adapters.ts';

export const composeLeave = ({ memberships, log, metrics }: Adapters) =>
  createLeaveHandler({ memberships, log, metrics });
