/** A process of its own with the engines of the one-machine run, and the tables and queues in them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDynamoDb } from '../../local/engines/dynamodb.ts';
import { provision } from '../../local/engines/provision.ts';
import { startSqs } from '../../local/engines/sqs.ts';
import { readTemplateStores } from '../support/template-stores.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'roomcast-bench-'));
const disconnected = new Promise((resolve) => process.once('disconnect', resolve));
// Ctrl-C goes to the whole group; the parent's end is the signal to tidy up.
process.on('SIGINT', () => undefined);

const onExit = (problem: string) => {
  throw new Error(problem);
};
const dynamoDb = await startDynamoDb({ dataDir, onExit });
const sqs = await startSqs({ onExit });
const { model, names } = await readTemplateStores(sqs.queueUrl);
const { streamArns } = await provision({
  model,
  dynamoDbEndpoint: dynamoDb.endpoint,
  sqsEndpoint: sqs.endpoint,
});
if (process.connected) {
  const { endpoint: dynamoDbEndpoint } = dynamoDb;
  process.send?.({ names, model, streamArns, dynamoDbEndpoint, sqsEndpoint: sqs.endpoint });
}

await disconnected;
await dynamoDb.stop();
await sqs.stop();
rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
