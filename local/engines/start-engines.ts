import { join } from 'node:path';
import { optional } from '../optional.ts';
import { synthesize } from '../template/synth.ts';
import { type DynamoDbEngine, startDynamoDb } from './dynamodb.ts';
import { type Interruptible, startInterruptible } from './interruptible.ts';
import type { QueueReading } from './queue-readings.ts';
import { type SqsEngine, startSqs } from './sqs.ts';

export interface StartEnginesOptions {
  dataDir: string;
  assemblyDir?: string;
  dynamoDbEndpoint?: string;
  onProblem: (problem: string) => void;
  onReadings: (queues: QueueReading[]) => void;
}

export interface StartedEngines {
  dynamoDb: DynamoDbEngine & Interruptible;
  sqs: SqsEngine & Interruptible;
  /** What is to be run on them: synthesised meanwhile, unless it was given. */
  assemblyDir: string;
}

/** @param cleanUps takes how to stop each engine, of those too that start when another does not */
export async function startEngines(
  { dataDir, assemblyDir, dynamoDbEndpoint, onProblem, onReadings }: StartEnginesOptions,
  cleanUps: (() => Promise<void> | void)[],
): Promise<StartedEngines> {
  const [dynamoDb, sqs, synthesized] = await Promise.allSettled([
    startInterruptible((port) =>
      startDynamoDb({
        dataDir,
        port,
        onExit: onProblem,
        ...optional('endpoint', dynamoDbEndpoint),
      }),
    ),
    startInterruptible((port) => startSqs({ dataDir, port, onExit: onProblem, onReadings })),
    synthesizeInto(assemblyDir, dataDir),
  ]);
  for (const engine of [dynamoDb, sqs]) {
    if (engine.status === 'fulfilled') cleanUps.push(() => engine.value.stop());
  }
  if (dynamoDb.status === 'rejected') throw dynamoDb.reason;
  if (sqs.status === 'rejected') throw sqs.reason;
  if (synthesized.status === 'rejected') throw synthesized.reason;
  return { dynamoDb: dynamoDb.value, sqs: sqs.value, assemblyDir: synthesized.value };
}

async function synthesizeInto(given: string | undefined, dataDir: string): Promise<string> {
  if (given !== undefined) return given;
  const outDir = join(dataDir, 'cdk.out');
  // Some microseconds a job, for a page that shows how its messages travel.
  await synthesize({ outDir, context: { openAccess: true, travelTimes: true } });
  return outDir;
}
