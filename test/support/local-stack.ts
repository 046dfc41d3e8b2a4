import { type LocalStackOptions, startLocalStack } from '../../local/stack.ts';
import { synthesizedApp, temporaryDirectory } from './assembly.ts';

export interface OwnStack {
  url: string;
  /** Of its DynamoDB engine. */
  dynamoDbEndpoint: string;
  /** Resolves when the streams and queues hold nothing that was there at the call. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** A fresh local stack in this process, so that a test may set its limits; forgotten at the end. */
export async function startOwnStack(options: Partial<LocalStackOptions> = {}): Promise<OwnStack> {
  const [assembly, data] = [await synthesizedApp(), temporaryDirectory()];
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
    url: stack.webSocketUrl,
    dynamoDbEndpoint,
    idle: stack.idle,
    async stop() {
      await stack.stop();
      data.remove();
      assembly.remove();
    },
  };
}
