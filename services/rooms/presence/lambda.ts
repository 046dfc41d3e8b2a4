import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createRooms } from '../../../shared/aws/rooms-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { createTwoTriggerHandler } from '../../../shared/lambda/two-triggers.ts';
import { readEnvironment } from '../../env.ts';
import { createGetPresenceHandler, createPresenceHandler } from './handler.ts';
import { createReadPresence } from './presence.ts';

const env = readEnvironment('presence', process.env);
const client = createDynamoClient();
const log = new Logger();
const metrics = createMetrics('presence');

const memberships = createMemberships({
  client,
  table: env.MEMBERSHIPS_TABLE,
  clock: systemClock,
});
const readPresence = createReadPresence({
  rooms: createRooms({ client, table: env.ROOMS_TABLE }),
  memberships,
});

export const handler = createTwoTriggerHandler({
  socket: createPresenceHandler({ readPresence, memberships, log, metrics }),
  http: createGetPresenceHandler({ readPresence, log, metrics }),
});
