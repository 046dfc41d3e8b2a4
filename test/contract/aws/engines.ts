import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENGINE_CREDENTIALS } from '../../../local/engines/credentials.ts';
import { startDynamoDb } from '../../../local/engines/dynamodb.ts';
import { provision } from '../../../local/engines/provision.ts';
import { startSqs } from '../../../local/engines/sqs.ts';
import type { TableModel } from '../../../local/template/model.ts';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createSqsClient } from '../../../shared/aws/queues.ts';
import { acceptCoreErrors } from '../../support/core-errors.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { readTemplateStores, type StoreNames } from '../../support/template-stores.ts';
import { createCleanup, createDataDir, neverExits } from '../local/engines-support.ts';
import { startSimulatedEngines } from './simulated-engines.ts';

/** The engines with the tables and queues of the template, each behind a proxy that can spoil calls. */
export interface Engines {
  /** As the functions build it, short timeouts included. */
  client: DynamoDBDocumentClient;
  /** Repeats nothing and waits for its answer, where a slow machine must not change the outcome. */
  patientClient: DynamoDBDocumentClient;
  sqsClient: SQSClient;
  dynamoDb: FaultProxy;
  sqs: FaultProxy;
  names: StoreNames;
  tables: TableModel[];
  stop(): Promise<void>;
}

/** Set for the project that runs these suites against the simulation (jest.config.js). */
declare const SIMULATED_ENGINES: boolean | undefined;

/** The engines, or what stands in for them in the fault simulation: the same suites hold for both. */
export function startEngines(): Promise<Engines> {
  const isSimulated = typeof SIMULATED_ENGINES !== 'undefined' && SIMULATED_ENGINES;
  return isSimulated ? startSimulatedEngines() : startRealEngines();
}

/** The SDK clients find the engines as they do in a function: through the environment. */
async function startRealEngines(): Promise<Engines> {
  acceptCoreErrors();
  const cleanup = createCleanup();
  try {
    const dataDir = createDataDir(cleanup);
    const dynamoDbEngine = await startDynamoDb({ dataDir, onExit: neverExits });
    cleanup.defer(dynamoDbEngine.stop);
    const sqsEngine = await startSqs({ onExit: neverExits });
    cleanup.defer(sqsEngine.stop);
    const dynamoDb = await startFaultProxy(dynamoDbEngine.endpoint);
    cleanup.defer(dynamoDb.close);
    const sqs = await startFaultProxy(sqsEngine.endpoint);
    cleanup.defer(sqs.close);

    const { model, names } = await readTemplateStores((queueName) =>
      sqsEngine.queueUrl(queueName).replace(sqsEngine.endpoint, sqs.endpoint),
    );
    await provision({
      model,
      dynamoDbEndpoint: dynamoDbEngine.endpoint,
      sqsEndpoint: sqsEngine.endpoint,
    });

    setEnvironment({
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    });
    const client = createDynamoClient();
    cleanup.defer(() => client.destroy());
    const patientClient = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 1 }), {
      marshallOptions: { removeUndefinedValues: true },
    });
    cleanup.defer(() => patientClient.destroy());
    const sqsClient = createSqsClient();
    cleanup.defer(() => sqsClient.destroy());
    const { tables } = model;
    return { client, patientClient, sqsClient, dynamoDb, sqs, names, tables, stop: cleanup.run };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

/** What Lambda gives a function, with other variables on top. Every test file has its own environment. */
export function setEnvironment(variables: Record<string, string> = {}): void {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: ENGINE_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ENGINE_CREDENTIALS.secretAccessKey,
    ...variables,
  });
}
