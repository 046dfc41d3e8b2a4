import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .object({ templateFile: z.string().optional(), file: z.string().optional() })
        .optional(),
    }),
  ),
});

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
  Outputs: z
    .record(
      z.string(),
      z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }),
    )
    .default({}),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown() })).default({}),
});

const assetsSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string().optional() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

export interface StackTemplate extends z.output<typeof templateSchema> {
  stackName: string;
}

export interface CloudAssembly {
  stacks: StackTemplate[];
  /** Absolute path of the asset that a deployment would upload under this key, if there is one. */
  assetPath(objectKey: string): string | undefined;
}

/**
 * Reads what a synthesis left in a folder.
 *
 * @throws Error that names the file that is missing or not understood.
 */
export function readCloudAssembly(assemblyDir: string): CloudAssembly {
  const dir = resolve(assemblyDir);
  const { artifacts } = readJson(join(dir, 'manifest.json'), manifestSchema);
  const stacks: StackTemplate[] = [];
  const assets = new Map<string, string>();

  for (const [name, { type, properties }] of Object.entries(artifacts)) {
    if (type === 'aws:cloudformation:stack' && properties?.templateFile !== undefined) {
      stacks.push({
        stackName: name,
        ...readJson(join(dir, properties.templateFile), templateSchema),
      });
    }
    if (type === 'cdk:asset-manifest' && properties?.file !== undefined) {
      const { files } = readJson(join(dir, properties.file), assetsSchema);
      for (const { source, destinations } of Object.values(files)) {
        for (const { objectKey } of Object.values(destinations)) {
          if (source.path !== undefined) assets.set(objectKey, resolve(dir, source.path));
        }
      }
    }
  }
  return { stacks, assetPath: (objectKey) => assets.get(objectKey) };
}

function readJson<S extends z.ZodType>(path: string, schema: S): z.output<S> {
  if (!existsSync(path)) {
    throw new Error(`${path} does not exist: synthesise the app into this folder first.`);
  }
  const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) {
    throw new Error(`${path} is not understood. ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}
