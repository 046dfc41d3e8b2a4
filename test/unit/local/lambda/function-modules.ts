import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionModel } from '../../../../local/template/model.ts';

/** Writes handlers as built modules into a directory of their own, as a template would name them. */
export async function createFunctionModules() {
  const directory = await mkdtemp(join(tmpdir(), 'roomcast-functions-'));
  return {
    async add(
      id: string,
      source: string,
      overrides: Partial<FunctionModel> = {},
    ): Promise<FunctionModel> {
      const modulePath = join(directory, `${id}.mjs`);
      await writeFile(modulePath, source);
      return {
        id,
        functionName: `roomcast-${id}`,
        modulePath,
        exportName: 'handler',
        environment: {},
        timeoutMs: 20_000,
        memoryMb: 256,
        ...overrides,
      };
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
