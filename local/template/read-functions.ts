import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { CloudAssembly } from './cloud-assembly.ts';
import type { FunctionModel, QueueMappingModel, StreamMappingModel } from './model.ts';
import { mustFind, type Resource, type Resources } from './resources.ts';

const MODULE_EXTENSIONS = ['.mjs', '.js', '.cjs'];

const functionSchema = z.object({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string().regex(/^[^.]+\.[^.]+$/, 'must be <module>.<export>'),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).default({ Variables: {} }),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  ReservedConcurrentExecutions: z.number().optional(),
  LoggingConfig: z.object({ LogGroup: z.string().optional() }).default({}),
});

export function readFunction(
  assembly: CloudAssembly,
  resources: Resources,
  resource: Resource,
): FunctionModel {
  const fn = resources.read(resource, functionSchema);
  const [moduleName = '', exportName = ''] = fn.Handler.split('.');
  const assetPath = assembly.assetPath(fn.Code.S3Key);
  const modulePath = MODULE_EXTENSIONS.map((extension) =>
    join(assetPath ?? '', `${moduleName}${extension}`),
  ).find((path) => existsSync(path));
  if (assetPath === undefined || modulePath === undefined) {
    throw new Error(
      `The code of ${resource.id} is not in the assembly (${assetPath ?? fn.Code.S3Key}): synthesise again, with bundling.`,
    );
  }
  return {
    id: resource.id,
    functionName: resource.name,
    modulePath,
    exportName,
    environment: fn.Environment.Variables,
    timeoutMs: fn.Timeout * 1000,
    memoryMb: fn.MemorySize,
    ...(fn.ReservedConcurrentExecutions !== undefined && {
      reservedConcurrency: fn.ReservedConcurrentExecutions,
    }),
    ...(fn.LoggingConfig.LogGroup !== undefined && { logGroupName: fn.LoggingConfig.LogGroup }),
  };
}

const UNLIMITED = -1;

const mappingSchema = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: z.number().optional(),
  MaximumBatchingWindowInSeconds: z.number().default(0),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  FilterCriteria: z
    .object({ Filters: z.array(z.object({ Pattern: z.string() })) })
    .default({ Filters: [] }),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }).optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).default('TRIM_HORIZON'),
  MaximumRetryAttempts: z.number().default(UNLIMITED),
  MaximumRecordAgeInSeconds: z.number().default(UNLIMITED),
  BisectBatchOnFunctionError: z.boolean().default(false),
  ParallelizationFactor: z.number().default(1),
  DestinationConfig: z
    .object({ OnFailure: z.object({ Destination: z.string() }).optional() })
    .optional(),
  TumblingWindowInSeconds: unsupported('a tumbling window'),
  ProvisionedPollerConfig: unsupported('provisioned polling'),
});

function unsupported(what: string) {
  return z.undefined(`${what} is not known to the local runtime`).optional();
}

/** Every event source mapping, told apart by what its source turns out to be. */
export function readMappings(resources: Resources): {
  streamMappings: StreamMappingModel[];
  queueMappings: QueueMappingModel[];
} {
  const streamMappings: StreamMappingModel[] = [];
  const queueMappings: QueueMappingModel[] = [];

  for (const resource of resources.ofType('AWS::Lambda::EventSourceMapping')) {
    const mapping = resources.read(resource, mappingSchema);
    const common = {
      id: resource.id,
      functionId: mustFind(resources, 'AWS::Lambda::Function', mapping.FunctionName, resource),
      batchWindowMs: mapping.MaximumBatchingWindowInSeconds * 1000,
      reportBatchItemFailures: mapping.FunctionResponseTypes.length > 0,
      filters: mapping.FilterCriteria.Filters.map(({ Pattern }): unknown => JSON.parse(Pattern)),
    };
    const queueId = resources.find('AWS::SQS::Queue', mapping.EventSourceArn);
    if (queueId !== undefined) {
      queueMappings.push({
        ...common,
        queueId,
        batchSize: mapping.BatchSize ?? 10,
        ...(mapping.ScalingConfig && { maxConcurrency: mapping.ScalingConfig.MaximumConcurrency }),
      });
      continue;
    }
    const onFailure = readOnFailure(resources, resource, mapping.DestinationConfig);
    streamMappings.push({
      ...common,
      uuid: resources.valueOf(resource),
      tableId: mustFind(resources, 'AWS::DynamoDB::GlobalTable', mapping.EventSourceArn, resource),
      batchSize: mapping.BatchSize ?? 100,
      startingPosition: mapping.StartingPosition,
      maxRetryAttempts: mapping.MaximumRetryAttempts,
      maxRecordAgeMs: inMilliseconds(mapping.MaximumRecordAgeInSeconds),
      bisectOnError: mapping.BisectBatchOnFunctionError,
      parallelizationFactor: mapping.ParallelizationFactor,
      ...(onFailure && { onFailure }),
    });
  }
  return { streamMappings, queueMappings };
}

function readOnFailure(
  resources: Resources,
  mapping: Resource,
  config: z.output<typeof mappingSchema>['DestinationConfig'],
): StreamMappingModel['onFailure'] {
  const destination = config?.OnFailure?.Destination;
  if (destination === undefined) return undefined;
  const bucketId = resources.find('AWS::S3::Bucket', destination);
  if (bucketId !== undefined) return { kind: 'bucket', id: bucketId };
  return { kind: 'queue', id: mustFind(resources, 'AWS::SQS::Queue', destination, mapping) };
}

function inMilliseconds(seconds: number): number {
  return seconds === UNLIMITED ? UNLIMITED : seconds * 1000;
}
