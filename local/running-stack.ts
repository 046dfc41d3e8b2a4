import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_CREDENTIALS } from './engines/credentials.ts';

/** How to reach a stack that runs on this machine, for whoever works on it beside its clients. */
export interface RunningStack {
  region: string;
  endpoints: Record<'dynamoDb' | 'sqs' | 's3' | 'lambda', string>;
  /** Those of the template, with the addresses of this machine. */
  outputs: Record<string, string>;
  /** Of all stacks of the template: tables, queues, buckets and functions. */
  resources: StackResource[];
}

/** As CloudFormation lists it; the physical id of a queue is its URL. */
export interface StackResource {
  type: string;
  logicalId: string;
  physicalId: string;
}

/** Where a tool finds the stack by the directory that its data is kept in. A crash leaves it behind. */
const FILE_NAME = 'running.json';

/** Says how to reach the stack, and what to sign with; returns what takes that back. */
export function announceRunningStack(dataDir: string, stack: RunningStack): () => void {
  const path = join(dataDir, FILE_NAME);
  const { accessKeyId, secretAccessKey } = ENGINE_CREDENTIALS;
  const credentials = { accessKeyId, secretAccessKey };
  writeFileSync(path, `${JSON.stringify({ ...stack, credentials }, null, 2)}\n`);
  return () => rmSync(path, { force: true });
}
