import { Logger } from '@aws-lambda-powertools/logger';
import { ulid } from 'ulid';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createMessageStore } from '../../../shared/aws/message-store.ts';
import { createMessageLog } from '../../../shared/aws/messages-table.ts';
import { createSequencer } from '../../../shared/aws/rooms-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { daysToMs, systemClock } from '../../../shared/lambda/time.ts';
import { createTwoTriggerHandler } from '../../../shared/lambda/two-triggers.ts';
import { readEnvironment } from '../../env.ts';
import { createPutMessageHandler, createSendHandler } from './handler.ts';
import { createSend } from './send.ts';

const env = readEnvironment('send', process.env);
const client = createDynamoClient();
const clock = systemClock;
const log = new Logger();
const metrics = createMetrics('send');
const retentionMs = daysToMs(env.RETENTION_DAYS);

const send = createSend({
  sequencer: createSequencer({
    client,
    table: env.ROOMS_TABLE,
    clock,
    windowMaxMs: Number(env.WINDOW_MAX_MS),
    retentionMs,
  }),
  store: createMessageStore({
    client,
    messagesTable: env.MESSAGES_TABLE,
    receiptsTable: env.RECEIPTS_TABLE,
    clock,
  }),
  log: createMessageLog({ client, table: env.MESSAGES_TABLE }),
  clock,
  newMessageId: ulid,
  expireIn: (ms) => AbortSignal.timeout(ms),
  retentionMs,
});
const memberships = createMemberships({ client, table: env.MEMBERSHIPS_TABLE, clock });

export const handler = createTwoTriggerHandler({
  socket: createSendHandler({ send, memberships, log, metrics }),
  http: createPutMessageHandler({ send, log, metrics }),
});
