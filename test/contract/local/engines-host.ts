/** Hosts both engines on the data directory in `argv[2]` until it is killed; prints where they are. */
import { startDynamoDb } from '../../../local/engines/dynamodb.ts';
import { startSqs } from '../../../local/engines/sqs.ts';

const dataDir = String(process.argv[2]);
const onExit = (problem: string) => {
  throw new Error(problem);
};
const dynamoDb = await startDynamoDb({ dataDir, onExit });
const sqs = await startSqs({ dataDir, onExit });
process.stdout.write(
  `${JSON.stringify({ dynamoDbEndpoint: dynamoDb.endpoint, sqsEndpoint: sqs.endpoint })}\n`,
);
