import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';

/** What has to be known of a stack. Both kinds of stacks tell it by the same names. */
const outputsSchema = z.object({
  DeliveryQueueUrl: z.url(),
  DeliveryDlqUrl: z.url(),
  FanOutDlqUrl: z.url(),
  FanOutFunctionName: z.string().min(1),
  GivenUpBucketName: z.string().min(3),
});

export interface StackAccess {
  outputs: z.output<typeof outputsSchema>;
  sqs: SQSClient;
  s3: S3Client;
  lambda: LambdaClient;
}

/** The stack cannot be worked on; the message says what to do. */
export class StackError extends Error {}

const runningSchema = z.object({
  region: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  endpoints: z.object({ sqs: z.url(), s3: z.url(), lambda: z.url() }),
  outputs: z.unknown(),
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
  const { region, credentials, endpoints } = running;
  const at = (endpoint: string) => ({ endpoint, region, credentials });
  return {
    outputs: readOutputs(`The stack on ${dataDir}`, running.outputs),
    sqs: new SQSClient(at(endpoints.sqs)),
    // The name of a bucket cannot stand before an IP address.
    s3: new S3Client({ ...at(endpoints.s3), forcePathStyle: true }),
    lambda: new LambdaClient(at(endpoints.lambda)),
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
  const outputs = await describeOutputs(stackName);
  return {
    outputs: readOutputs(stackName, outputs),
    sqs: new SQSClient(),
    s3: new S3Client(),
    lambda: new LambdaClient(),
  };
}

async function describeOutputs(stackName: string): Promise<Record<string, string | undefined>> {
  const cloudFormation = new CloudFormationClient();
  try {
    const command = new DescribeStacksCommand({ StackName: stackName });
    const { Stacks: [stack] = [] } = await cloudFormation.send(command);
    return Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new StackError(
      `${stackName} cannot be described: ${problem}. Set AWS_REGION and credentials as for the AWS CLI; the stack with the pipeline is named Roomcast-<stage>-chat.`,
    );
  } finally {
    cloudFormation.destroy();
  }
}

function readOutputs(stack: string, outputs: unknown): StackAccess['outputs'] {
  const parsed = outputsSchema.safeParse(outputs);
  if (parsed.success) return parsed.data;
  const missing = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))];
  throw new StackError(
    `${stack} does not say ${missing.join(', ')}: it is no chat stack, or one of an older version. Deploy this version first.`,
  );
}
