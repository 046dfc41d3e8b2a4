import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { decodeJob } from '../../shared/aws/delivery-job.ts';
import { receiveAndDelete } from '../support/receive-jobs.ts';
import type { BenchEngines } from './engines.ts';
import type { Assignment, Performance } from './fan-out-process.ts';
import type { BenchReport } from './report.ts';

/** What a conversation and a function can bear. */
const FIRST_JOB_MAX_MS = 1_000;
const INVOCATION_MAX_MS = 10_000;
const MEMORY_MAX_MB = 512;

/** Fans a room out in a process of its own, and looks who got a job. */
export async function judgeLargeRoom(
  { environment, names }: BenchEngines,
  event: unknown,
  connectionIds: readonly string[],
): Promise<BenchReport['targets']> {
  Object.assign(process.env, environment);
  const sqs = new SQSClient({});
  try {
    await sqs.send(new PurgeQueueCommand({ QueueUrl: names.DELIVERY_QUEUE_URL }));
    const { wallMs, firstJobMs, maxRssMb } = await performOnce({ environment, event });
    const bodies = await receiveAndDelete(sqs, names.DELIVERY_QUEUE_URL);
    const times = new Map(connectionIds.map((id) => [id, 0]));
    for (const id of bodies.flatMap((body) => decodeJob(body).connectionIds)) {
      times.set(id, (times.get(id) ?? 0) + 1);
    }
    const of = `${connectionIds.length} members`;
    return [
      {
        what: `of ${of} enqueued never or more than once`,
        value: [...times.values()].filter((count) => count !== 1).length,
        max: 0,
      },
      { what: `ms to the first job of ${of}`, value: firstJobMs, max: FIRST_JOB_MAX_MS },
      {
        what: `ms of the longest invocation for ${of}`,
        value: Math.max(...wallMs),
        max: INVOCATION_MAX_MS,
      },
      { what: `MB at most, for ${of}`, value: maxRssMb, max: MEMORY_MAX_MB },
    ];
  } finally {
    sqs.destroy();
  }
}

async function performOnce(assignment: Assignment): Promise<Performance> {
  const child = fork(fileURLToPath(new URL('fan-out-process.ts', import.meta.url)));
  const exited = once(child, 'exit');
  const performed = Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  child.send(assignment);
  const message = await performed;
  await exited;
  if (message === undefined) throw new Error('The large room was not fanned out.');
  return message[0] as Performance;
}
