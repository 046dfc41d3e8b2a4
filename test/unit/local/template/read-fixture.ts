import { rmSync } from 'node:fs';
import type { StackModel } from '../../../../local/template/model.ts';
import { type ReadOptions, readStackModel } from '../../../../local/template/read-template.ts';
import {
  smallestChat,
  smallestData,
  type TemplateResource,
  writeAssembly,
} from './assembly-fixture.ts';

/** Reads the smallest stack with resources added or replaced, each time from an assembly of its own. */
export function createAssemblies() {
  const written: string[] = [];
  return {
    written,
    read(
      extra: Record<string, TemplateResource> = {},
      data = smallestData(),
      options: ReadOptions = {},
    ): StackModel {
      const dir = writeAssembly({ ...smallestChat(), ...extra }, data);
      written.push(dir);
      return readStackModel(dir, options);
    },
    removeAll(): void {
      for (const dir of written.splice(0)) rmSync(dir, { recursive: true });
    },
  };
}

/** A resource of the smallest stack, with these properties besides its own. */
export const withProperties = (id: string, properties: Record<string, unknown>) => {
  const resource = smallestChat()[id] ?? { Type: 'missing' };
  return { [id]: { ...resource, Properties: { ...resource.Properties, ...properties } } };
};
