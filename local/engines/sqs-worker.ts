/** The thread that serves SQS: says `{ port }` when it listens, and ends when told `stop`. */
import { parentPort, workerData } from 'node:worker_threads';
import { type SqsServerOptions, serveSqs } from './sqs-server.ts';

if (parentPort === null) throw new Error('sqs-worker.ts runs as a worker thread only.');
const runtime = parentPort;

const options: SqsServerOptions = workerData;
const server = await serveSqs(options);
runtime.once('message', async () => {
  await server.close();
  runtime.close();
});
runtime.postMessage({ port: server.port });
