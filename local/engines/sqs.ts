import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { lockDirectory } from './lock.ts';
import type { QueueReading } from './queue-readings.ts';
import type { SqsReport, SqsServerOptions } from './sqs-server.ts';

/** The account that the embedded SQS puts into URLs and ARNs. */
const ENGINE_ACCOUNT_ID = '000000000000';
/** A server that has not closed by then is cut off. What it acknowledged is stored. */
const STOP_GRACE_MS = 1_500;

export interface SqsOptions {
  /** The engine's files are in `sqs/` below; absent, queues live in memory and end with the engine. */
  dataDir?: string;
  host?: string;
  /** Any free port by default. */
  port?: number;
  /** Called once if the engine ends without having been stopped. */
  onExit?(problem: string): void;
  /** Called when stored queues have changed, several times a second at most, and with none at the end. */
  onReadings?(queues: QueueReading[]): void;
}

export interface SqsEngine {
  /** Of S3 as well. */
  endpoint: string;
  /** A queue's URL, with the engine's own address, whether or not the queue exists. */
  queueUrl(queueName: string): string;
  stop(): Promise<void>;
}

/**
 * Starts the embedded SQS, which is S3 as well, in a thread of its own, so that storing messages never delays a frame of
 * the gateway. The thread ends with this process. With `dataDir`, what was acknowledged survives
 * SIGKILL.
 *
 * @throws Error if the data directory is in use.
 */
export async function startSqs(options: SqsOptions = {}): Promise<SqsEngine> {
  const host = options.host ?? '127.0.0.1';
  const directory = options.dataDir === undefined ? undefined : join(options.dataDir, 'sqs');
  const lock = directory === undefined ? undefined : lockDirectory(directory);
  const workerData: SqsServerOptions = {
    host,
    port: options.port ?? 0,
    ...(directory !== undefined && { directory }),
  };
  const worker = new Worker(new URL('./sqs-worker.ts', import.meta.url), { workerData });

  let problem = 'its thread ended';
  let stopping = false;
  let started = false;
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      lock?.release();
      resolve();
      options.onReadings?.([]);
      if (started && !stopping) options.onExit?.(`The embedded SQS ended: ${problem}`);
    });
  });
  worker.once('error', (error) => {
    problem = String(error);
  });
  const listening = new Promise<number>((resolve) => {
    worker.on('message', (report: SqsReport) => {
      if (report.kind === 'listening') resolve(report.port);
      else options.onReadings?.(report.queues);
    });
  });
  const port = await Promise.race([listening, exited]);
  if (port === undefined) throw new Error(`The embedded SQS did not start: ${problem}`);
  started = true;

  const endpoint = `http://${host}:${port}`;
  return {
    endpoint,
    queueUrl: (queueName) => `${endpoint}/${ENGINE_ACCOUNT_ID}/${queueName}`,
    stop: async () => {
      stopping = true;
      worker.postMessage('stop');
      const cutOff = setTimeout(() => void worker.terminate(), STOP_GRACE_MS);
      await exited;
      clearTimeout(cutOff);
    },
  };
}
