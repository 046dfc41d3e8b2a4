import { type LocalStack, type LocalStackOptions, startLocalStack } from '../../local/stack.ts';
import { synthesizedApp, temporaryDirectory } from './assembly.ts';

export interface OwnStack extends LocalStack {
  url: string;
  dataDir: string;
  /** Of its DynamoDB engine. */
  dynamoDbEndpoint: string;
}

/** Fails the test in which a handler fails or an engine ends. */
export const throwProblem = (problem: string): never => {
  throw new Error(problem);
};

export interface OwnStackOptions extends Partial<LocalStackOptions> {
  /** What it is synthesised with, beside open access. */
  context?: Record<string, unknown>;
}

/** A fresh local stack in this process, so that a test may set its limits; forgotten at the end. */
export async function startOwnStack({
  context,
  ...options
}: OwnStackOptions = {}): Promise<OwnStack> {
  const assembly = await synthesizedApp({ openAccess: true, ...context });
  const data = temporaryDirectory();
  let dynamoDbEndpoint = '';
  const stack = await startLocalStack({
    dataDir: data.path,
    assemblyDir: assembly.path,
    port: 0,
    streamPollMs: 20,
    interpose: async (engines) => {
      dynamoDbEndpoint = engines.dynamoDb;
      return engines;
    },
    onProblem: (problem) => process.stderr.write(`${problem}\n`),
    ...options,
  });
  return {
    ...stack,
    url: stack.webSocketUrl,
    dataDir: data.path,
    dynamoDbEndpoint,
    async stop() {
      await stack.stop();
      data.remove();
      assembly.remove();
    },
  };
}
