import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENGINE_CREDENTIALS } from '../../local/engines/credentials.ts';
import { readTemplateStores, type StoreNames } from './template-stores.ts';

/** The tables of a running local stack, past its functions: for states that no client can bring about. */
export interface EngineTables {
  client: DynamoDBDocumentClient;
  names: StoreNames;
  close(): void;
}

/** @param endpoint of the engine */
export async function openEngineTables(endpoint: string): Promise<EngineTables> {
  const { names } = await readTemplateStores((name) => `http://127.0.0.1/${name}`);
  const base = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: ENGINE_CREDENTIALS,
  });
  return {
    client: DynamoDBDocumentClient.from(base, { marshallOptions: { removeUndefinedValues: true } }),
    names,
    close: () => base.destroy(),
  };
}
