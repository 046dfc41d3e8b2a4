import * as z from 'zod';
import { readCloudAssembly } from '../../local/template/cloud-assembly.ts';
import type { StackModel } from '../../local/template/model.ts';
import { readMappings } from '../../local/template/read-functions.ts';
import { readBucket, readQueue, readTable } from '../../local/template/read-stores.ts';
import { indexResources } from '../../local/template/resources.ts';
import { synthesizedApp } from './assembly.ts';

const REGION = 'us-east-1';
const ACCOUNT_ID = '000000000000';

const variablesSchema = z.object({
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).default({ Variables: {} }),
});

const storeNamesSchema = z.object({
  ROOMS_TABLE: z.string(),
  MESSAGES_TABLE: z.string(),
  RECEIPTS_TABLE: z.string(),
  CONNECTIONS_TABLE: z.string(),
  MEMBERSHIPS_TABLE: z.string(),
  DELIVERY_QUEUE_URL: z.string(),
  DELIVERY_DLQ_URL: z.string(),
  FAN_OUT_DLQ_URL: z.string(),
  FLUSH_QUEUE_URL: z.string(),
  FLUSH_DLQ_URL: z.string(),
});

/** The names under which the deployed functions know their tables and queues. */
export type StoreNames = z.infer<typeof storeNamesSchema>;

export interface TemplateStores {
  model: Omit<StackModel, 'functions' | 'webSocketApi' | 'httpApi' | 'outputs'>;
  names: StoreNames;
}

/**
 * The tables, queues and mappings of the synthesised template, for whoever needs no functions: without
 * their bundles a synthesis takes a second.
 *
 * @param queueUrl where the engine holds a queue
 */
export async function readTemplateStores(
  queueUrl: (queueName: string) => string,
): Promise<TemplateStores> {
  const assembly = await synthesizedApp({ openAccess: true, 'aws:cdk:bundling-stacks': [] });
  try {
    const place = { region: REGION, accountId: ACCOUNT_ID, queueUrl };
    const resources = indexResources(readCloudAssembly(assembly.path), place);
    const environments = resources
      .ofType('AWS::Lambda::Function')
      .map((resource) => resources.read(resource, variablesSchema).Environment.Variables);
    return {
      model: {
        region: REGION,
        accountId: ACCOUNT_ID,
        ...readMappings(resources),
        dashboards: [],
        alarms: [],
        tables: resources
          .ofType('AWS::DynamoDB::GlobalTable')
          .map((resource) => readTable(resources, resource)),
        queues: resources
          .ofType('AWS::SQS::Queue')
          .map((resource) => readQueue(resources, resource)),
        buckets: resources
          .ofType('AWS::S3::Bucket')
          .map((resource) => readBucket(resources, resource)),
      },
      names: storeNamesSchema.parse(Object.assign({}, ...environments)),
    };
  } finally {
    assembly.remove();
  }
}
