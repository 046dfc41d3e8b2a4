import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RoomLimits } from '../../../services/messages/2-fan-out/stagger.ts';
import type { Backoff } from '../../../shared/aws/backoff.ts';
import { createConnections } from '../../../shared/aws/connections-table.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createMessageStore } from '../../../shared/aws/message-store.ts';
import { createMessageLog } from '../../../shared/aws/messages-table.ts';
import {
  createDeadLetters,
  createDeliveryQueue,
  createRoomJobQueue,
} from '../../../shared/aws/queues.ts';
import { createPacings, createRooms, createSequencer } from '../../../shared/aws/rooms-table.ts';
import type * as Ports from '../../../shared/domain/ports.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { Metrics } from '../../../shared/lambda/metrics.ts';
import { QUEUES, RETENTION_MS, TABLES } from './deployment.ts';

/** What an environment offers to the composition of its function. */
export interface Surroundings {
  dynamo: DynamoDBDocumentClient;
  sqs: SQSClient;
  poster: Ports.Poster;
  closer: Ports.Closer;
  clock: Ports.Clock;
  after: (ms: number, callback: () => void) => () => void;
  backoff: Backoff;
  pause: (ms: number) => Promise<void>;
  pacingLimits: RoomLimits;
  newMessageId: (now: number) => string;
  log: Log;
  metrics: Metrics<string>;
}

/** The ports of the functions, by the project's own adapters wherever there are any. */
export interface Adapters extends Omit<Surroundings, 'dynamo' | 'sqs'> {
  rooms: Ports.Rooms;
  sequencer: Ports.Sequencer;
  pacings: Ports.Pacings;
  messages: Ports.MessageLog;
  store: Ports.MessageStore;
  connections: Ports.Connections;
  memberships: Ports.Memberships;
  deliveryQueue: Ports.DeliveryQueue;
  jobs: Ports.RoomJobQueue;
  fanOutDeadLetters: Ports.DeadLetters;
  flushDeadLetters: Ports.DeadLetters;
  deliveryDeadLetters: Ports.DeadLetters;
}

export function createAdapters(surroundings: Surroundings): Adapters {
  const { dynamo: client, sqs, clock, backoff, ...others } = surroundings;
  const { rooms, messages: messagesTable, receipts: receiptsTable } = TABLES;
  return {
    rooms: createRooms({ client, table: rooms, backoff }),
    sequencer: createSequencer({
      client,
      table: rooms,
      clock,
      windowMaxMs: surroundings.pacingLimits.windowMaxMs,
      retentionMs: RETENTION_MS,
    }),
    pacings: createPacings({ client, table: rooms }),
    messages: createMessageLog({ client, table: messagesTable }),
    store: createMessageStore({ client, messagesTable, receiptsTable, clock, backoff }),
    connections: createConnections({ client, table: TABLES.connections, backoff }),
    memberships: createMemberships({ client, table: TABLES.memberships, clock, backoff }),
    deliveryQueue: createDeliveryQueue({ client: sqs, queueUrl: QUEUES.delivery, backoff }),
    jobs: createRoomJobQueue({ client: sqs, queueUrl: QUEUES.flush }),
    fanOutDeadLetters: createDeadLetters({ client: sqs, queueUrl: QUEUES.fanOutDlq }),
    flushDeadLetters: createDeadLetters({ client: sqs, queueUrl: QUEUES.flushDlq }),
    deliveryDeadLetters: createDeadLetters({ client: sqs, queueUrl: QUEUES.deliveryDlq }),
    clock,
    backoff,
    ...others,
  };
}
