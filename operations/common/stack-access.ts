import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { describeStack } from './describe-stack.ts';
import { DEFAULT_DATA_DIR } from './options.ts';
import { readOutputs, StackError, type StackOutputs, type StackResource } from './stack-facts.ts';

export interface StackAccess {
  kind: 'local' | 'deployed';
  /** How a command of ours is told to work on it: an option with a space before it, or nothing. */
  option: string;
  outputs: StackOutputs;
  /** Tables, queues, functions and what else there is, of the chat stack and of the data stack. */
  resources: StackResource[];
  sqs: SQSClient;
  s3: S3Client;
  lambda: LambdaClient;
  dynamoDb: DynamoDBClient;
  /** What calls to `@connections` are signed with; absent, as the environment says. */
  signing?: { region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
}

const resourceSchema = z.object({
  type: z.string(),
  logicalId: z.string(),
  physicalId: z.string(),
});

const runningSchema = z.object({
  region: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  endpoints: z.object({ dynamoDb: z.url(), sqs: z.url(), s3: z.url(), lambda: z.url() }),
  outputs: z.unknown(),
  resources: z.array(resourceSchema),
});

/**
 * The stack that `npm start` runs on this data directory.
 *
 * @throws StackError when none does.
 */
export async function reachLocalStack(dataDir: string): Promise<StackAccess> {
  const running = readRunning(join(dataDir, 'running.json'));
  // After a crash, the file is there and the stack is not.
  if (running === undefined || !(await answers(running.endpoints.sqs))) {
    throw new StackError(
      `No local stack runs on ${dataDir}. Start it with "npm start", name its directory with --data, or a deployed stack with --stack.`,
    );
  }
  const { region, credentials, endpoints, resources } = running;
  const signing = { region, credentials };
  const at = (endpoint: string) => ({ endpoint, ...signing });
  return {
    kind: 'local',
    option: dataDir === DEFAULT_DATA_DIR ? '' : ` --data ${dataDir}`,
    outputs: readOutputs(`The stack on ${dataDir}`, running.outputs),
    resources,
    sqs: new SQSClient(at(endpoints.sqs)),
    // The name of a bucket cannot stand before an IP address.
    s3: new S3Client({ ...at(endpoints.s3), forcePathStyle: true }),
    lambda: new LambdaClient(at(endpoints.lambda)),
    dynamoDb: new DynamoDBClient(at(endpoints.dynamoDb)),
    signing,
  };
}

function readRunning(path: string) {
  try {
    return runningSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}

/**
 * A deployed stack, with the credentials and the Region of the environment.
 *
 * @throws StackError when there is none of this name, or CloudFormation does not tell.
 */
export async function reachDeployedStack(stackName: string): Promise<StackAccess> {
  return {
    kind: 'deployed',
    option: ` --stack ${stackName}`,
    ...(await describeStack(stackName)),
    sqs: new SQSClient(),
    s3: new S3Client(),
    lambda: new LambdaClient(),
    dynamoDb: new DynamoDBClient(),
  };
}

/** Where calls to `@connections` of the stack go. */
export const managementEndpointOf = ({ outputs }: StackAccess): string =>
  outputs.WebSocketUrl.replace(/^ws/, 'http');
