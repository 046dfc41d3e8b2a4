import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readCloudAssembly } from '../../local/template/cloud-assembly.ts';
import { indexResources, type Resource } from '../../local/template/resources.ts';
import type { EngineCall } from './fault-proxy.ts';

/** A right to a table, queue, bucket or the connections of a stage, e.g. `dynamodb:PutItem Messages`. */
export type Right = string;

const ACCOUNT = { region: 'us-east-1', accountId: '000000000000' };

const textOrList = z.union([z.string().transform((text) => [text]), z.array(z.string())]);

const policySchema = z.object({
  Roles: z.array(z.string()),
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({ Effect: z.literal('Allow'), Action: textOrList, Resource: textOrList }),
    ),
  }),
});

const roleSchema = z.object({ Role: z.string() });

/** What the templates let each function do to tables, queues, buckets and connections, by logical id. */
export function grantedRights(assemblyDir: string): Map<string, Set<Right>> {
  const queueUrl = (name: string) => `https://queue/${name}`;
  const resources = indexResources(readCloudAssembly(assemblyDir), { ...ACCOUNT, queueUrl });
  const policies = resources
    .ofType('AWS::IAM::Policy')
    .map((policy) => resources.read(policy, policySchema));

  const rightsOf = (fn: Resource) => {
    const role = nameIn(resources.read(fn, roleSchema).Role);
    const statements = policies
      .filter(({ Roles }) => Roles.includes(role))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    return statements.flatMap(({ Action, Resource }) =>
      Action.filter((action) => /^(dynamodb|sqs|s3|execute-api):/.test(action)).flatMap((action) =>
        Resource.map((arn) => `${action} ${nameIn(arn)}`),
      ),
    );
  };
  return new Map(
    resources.ofType('AWS::Lambda::Function').map((fn) => [fn.id, new Set(rightsOf(fn))]),
  );
}

/** The right to calls of one method to the connections of a stage. */
export function rightToConnections(method: string, apiId: string, stageName: string): Right {
  return `execute-api:ManageConnections ${apiId}/${stageName}/${method}/@connections/*`;
}

/** The name at the end of an ARN: of a role, table, queue or bucket. Streams, objects and APIs keep their path. */
function nameIn(arn: string): string {
  return arn
    .split(':')
    .slice(5)
    .join(':')
    .replace(/^(table|role)\//, '');
}

type Item = Partial<Record<'Put' | 'Update' | 'Delete' | 'ConditionCheck', { TableName: string }>>;

const PARTS: [part: keyof Item, action: string][] = [
  ['Put', 'PutItem'],
  ['Update', 'UpdateItem'],
  ['Delete', 'DeleteItem'],
  ['ConditionCheck', 'ConditionCheckItem'],
];

/**
 * The rights that a call takes. A transaction takes those of its parts; a batch has a right of its own.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export function rightsFor({ operation, input }: EngineCall): Right[] {
  if (typeof input.QueueUrl === 'string') {
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    const action = operation.replace(/Batch$/, '');
    return [`sqs:${action} ${input.QueueUrl.split('/').at(-1)}`];
  }
  if (operation === 'TransactWriteItems') {
    return (input.TransactItems as Item[]).flatMap((item) =>
      PARTS.flatMap(([part, action]) => {
        const request = item[part];
        return request === undefined ? [] : [`dynamodb:${action} ${request.TableName}`];
      }),
    );
  }
  const tables =
    typeof input.TableName === 'string'
      ? [input.TableName]
      : Object.keys(input.RequestItems as Record<string, unknown>);
  return tables.map((table) => `dynamodb:${operation} ${table}`);
}

const templateSchema = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({
      Type: z.string(),
      Properties: z
        .looseObject({
          Environment: z.looseObject({ Variables: z.record(z.string(), z.unknown()) }).optional(),
        })
        .optional(),
    }),
  ),
});

/** Has every function of an assembly say its logical id in the `User-Agent` of its SDK calls. */
export function nameFunctionsInUserAgent(assemblyDir: string): void {
  for (const { stackName } of readCloudAssembly(assemblyDir).stacks) {
    const path = join(assemblyDir, `${stackName}.template.json`);
    const template = templateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
      if (Type !== 'AWS::Lambda::Function' || Properties === undefined) continue;
      const { Environment } = Properties;
      Properties.Environment = {
        ...Environment,
        Variables: { ...Environment?.Variables, AWS_SDK_UA_APP_ID: id },
      };
    }
    writeFileSync(path, JSON.stringify(template));
  }
}

/** The logical id of the function that made a call. */
export function callerOf({ userAgent }: EngineCall): string {
  return / app\/(\w+)/.exec(userAgent)?.[1] ?? userAgent;
}
