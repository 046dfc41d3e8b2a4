import { buildApp } from 'fauxqs';
import { type QueueReading, watchQueues } from './queue-readings.ts';
import { openQueueStorage } from './queue-storage.ts';

export interface SqsServerOptions {
  /** Where queues and buckets are stored; absent, they are kept in memory only. */
  directory?: string;
  host: string;
  port: number;
}

/** What the thread that serves SQS says to whoever started it. */
export type SqsReport = { kind: 'listening'; port: number } | QueuesReport;

export interface QueuesReport {
  kind: 'queues';
  queues: QueueReading[];
}

export interface SqsServer {
  port: number;
  close(): Promise<void>;
}

/** Serves SQS and S3 over fauxqs. With a directory, a response leaves only once its effect is stored. */
export async function serveSqs(
  options: SqsServerOptions,
  onReadings: (queues: QueueReading[]) => void = () => {},
): Promise<SqsServer> {
  const storage =
    options.directory === undefined ? undefined : await openQueueStorage(options.directory);
  const app = buildApp({ logger: false, ...(storage && { stores: storage.stores }) });
  if (storage !== undefined) {
    app.addHook('onSend', async () => storage.commit());
    app.addHook('onClose', async () => storage.close());
    const stopWatching = watchQueues(storage.stores.sqsStore, onReadings);
    app.addHook('onClose', async () => stopWatching());
  }
  const address = await app.listen({ host: options.host, port: options.port });
  return {
    port: Number(new URL(address).port),
    close: async () => {
      await app.close();
    },
  };
}
