/** The thread that serves SQS: says when it listens, and what its queues hold, and ends when told `stop`. */
import { parentPort, workerData } from 'node:worker_threads';
import { type SqsReport, type SqsServerOptions, serveSqs } from './sqs-server.ts';

if (parentPort === null) throw new Error('sqs-worker.ts runs as a worker thread only.');
const runtime = parentPort;

const options: SqsServerOptions = workerData;
const report = (message: SqsReport) => runtime.postMessage(message);
const server = await serveSqs(options, (queues) => report({ kind: 'queues', queues }));
runtime.once('message', async () => {
  await server.close();
  runtime.close();
});
report({ kind: 'listening', port: server.port });
