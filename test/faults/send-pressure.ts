import type { TableModel } from '../../local/template/model.ts';
import { createSend, type Send } from '../../services/messages/1-send/send.ts';
import { fullJitterMs } from '../../shared/aws/backoff.ts';
import { createMessageStore } from '../../shared/aws/message-store.ts';
import { createMessageLog } from '../../shared/aws/messages-table.ts';
import { createSequencer } from '../../shared/aws/rooms-table.ts';
import { messagesTable, roomsTable } from '../contract/local/engines-support.ts';
import { createVirtualTime, type VirtualTime } from '../load/virtual-time.ts';
import { DAY_MS } from '../support/log-entries.ts';
import { createMessageIds } from '../support/message-ids.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { Turn } from './simulation/simulated-client.ts';
import { createSimulatedTables, type SimulatedTables } from './simulation/tables.ts';

const receiptsTable: TableModel = {
  id: 'ReceiptsTable',
  tableName: 'Receipts',
  attributes: [{ name: 'receiptId', type: 'S' }],
  key: { partition: 'receiptId' },
  indexes: [],
  ttlAttribute: 'expiresAt',
};

/** What becomes of the requests of all environments, on virtual time. */
export type Pressure = (means: Means) => Turn;

interface Means {
  time: VirtualTime;
  random: () => number;
  wait: (ms: number) => Promise<void>;
}

export interface SendUnderPressure {
  /** The send functions of the environments. */
  sends: Send[];
  time: VirtualTime;
  tables: SimulatedTables;
  /** Lets time pass until nothing waits for it any more. */
  settle(): Promise<void>;
}

/** The send function over simulated tables, on virtual time; everything random is seeded. */
export function createSendUnderPressure(
  seed: number,
  pressure: Pressure,
  environments = 1,
): SendUnderPressure {
  const time = createVirtualTime();
  const random = seededRandom(seed);
  const wait = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve));
  const clock = time;
  const retentionMs = 30 * DAY_MS;
  const tables = createSimulatedTables({
    tables: [messagesTable, roomsTable, receiptsTable],
    clock,
  });
  const client = tables.client(pressure({ time, random, wait }));
  const backoff = {
    wait: (attempt: number, baseMs: number, capMs: number) =>
      wait(fullJitterMs(attempt, baseMs, capMs, random())),
  };
  const newMessageId = createMessageIds();
  const createEnvironment = () =>
    createSend({
      sequencer: createSequencer({
        client,
        table: 'Rooms',
        clock,
        windowMaxMs: 2_000,
        retentionMs,
      }),
      store: createMessageStore({
        client,
        messagesTable: 'Messages',
        receiptsTable: 'Receipts',
        clock,
        backoff,
      }),
      log: createMessageLog({ client, table: 'Messages' }),
      clock,
      newMessageId,
      expireIn: (ms) => {
        const expiry = new AbortController();
        time.after(ms, () => expiry.abort());
        return expiry.signal;
      },
      retentionMs,
    });
  return {
    sends: Array.from({ length: environments }, createEnvironment),
    time,
    tables,
    async settle() {
      do await new Promise((settled) => setImmediate(settled));
      while (time.step(Number.MAX_SAFE_INTEGER));
    },
  };
}
