import type * as z from 'zod';
import type { CloudAssembly, StackTemplate } from './cloud-assembly.ts';
import { resolveIntrinsics, type Scope } from './intrinsics.ts';
import {
  type PhysicalValues,
  type Place,
  physicalName,
  physicalValues,
} from './physical-values.ts';

export interface Resource {
  /** Logical id. */
  id: string;
  type: string;
  /** Under which other resources and engines know it. */
  name: string;
  /** As in the template, with functions unresolved. */
  properties: Record<string, unknown>;
  stack: StackTemplate;
}

/** All resources of all stacks of an assembly, with every reference between them resolved. */
export interface Resources {
  all: readonly Resource[];
  ofType(type: string): Resource[];
  /**
   * The properties that `schema` names, with functions resolved.
   *
   * @throws Error that names the resource and the property
   */
  read<S extends z.ZodObject>(resource: Resource, schema: S): z.output<S>;
  /** The outputs of all stacks, without those that one stack only passes on to another. */
  outputs(): Record<string, string>;
  /** What `Ref` gives for this resource. */
  valueOf(resource: Resource): string;
  /** What `Fn::GetAtt` gives for this resource; empty for an attribute that is not known. */
  attributeOf(resource: Resource, attribute: string): string;
  /** The id of the resource that a name, ARN or URL in another resource's property leads to. */
  find(type: string, reference: string): string | undefined;
}

export function indexResources(assembly: CloudAssembly, place: Place): Resources {
  const listed = assembly.stacks.flatMap((stack) =>
    Object.entries(stack.Resources).map(([id, resource]) => ({ stack, id, resource })),
  );
  const ids = listed.map(({ id }) => id);
  const all = listed.map(({ stack, id, resource }) => ({
    id,
    type: resource.Type,
    name: physicalName(id, ids),
    properties: resource.Properties,
    stack,
  }));
  const values = new Map<Resource, PhysicalValues | undefined>(
    all.map((resource) => [
      resource,
      physicalValues(resource.type, resource.name, resource.properties, place),
    ]),
  );
  const scopes = new Map(assembly.stacks.map((stack) => [stack, scopeOf(stack)]));

  function scopeOf(stack: StackTemplate): Scope {
    const pseudo: Record<string, string> = {
      'AWS::Region': place.region,
      'AWS::AccountId': place.accountId,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stack.stackName,
    };
    const valuesOf = (id: string) => {
      const resource = all.find((other) => other.stack === stack && other.id === id);
      return resource && values.get(resource);
    };
    return {
      ref: (name) => pseudo[name] ?? valuesOf(name)?.ref ?? stack.Parameters[name]?.Default,
      attribute: (name, attribute) => valuesOf(name)?.attributes[attribute],
      imported,
    };
  }

  function imported(exportName: string): unknown {
    for (const [stack, scope] of scopes) {
      for (const [name, { Value, Export }] of Object.entries(stack.Outputs)) {
        const at = `${stack.stackName}.Outputs.${name}`;
        if (Export !== undefined && resolveIntrinsics(Export.Name, scope, at) === exportName) {
          return resolveIntrinsics(Value, scope, at);
        }
      }
    }
    return undefined;
  }

  return {
    all,
    ofType: (type) => all.filter((resource) => resource.type === type),
    read(resource, schema) {
      const scope = scopes.get(resource.stack) ?? scopeOf(resource.stack);
      const wanted = Object.keys(schema.shape)
        .filter((key) => key in resource.properties)
        .map((key) => [key, resource.properties[key]] as const);
      const parsed = schema.safeParse(
        resolveIntrinsics(Object.fromEntries(wanted), scope, resource.id),
      );
      if (!parsed.success) {
        const problems = parsed.error.issues.map(
          (issue) => `${[resource.id, ...issue.path].join('.')}: ${issue.message}`,
        );
        throw new Error(
          `${resource.type} is not as the local runtime knows it. ${problems.join('; ')}`,
        );
      }
      return parsed.data;
    },
    outputs() {
      const own = [...scopes].flatMap(([stack, scope]) =>
        Object.entries(stack.Outputs)
          .filter(([, { Export }]) => Export === undefined)
          .map(([name, { Value }]) => {
            const at = `${stack.stackName}.Outputs.${name}`;
            return [name, String(resolveIntrinsics(Value, scope, at))];
          }),
      );
      return Object.fromEntries(own);
    },
    valueOf: (resource) => values.get(resource)?.ref ?? resource.id,
    attributeOf: (resource, attribute) => values.get(resource)?.attributes[attribute] ?? '',
    find(type, reference) {
      for (const [resource, found] of values) {
        if (resource.type !== type || found === undefined) continue;
        if (found.ref === reference) return resource.id;
        if (Object.values(found.attributes).includes(reference)) return resource.id;
      }
      return undefined;
    },
  };
}

/** As {@link Resources.find}, where there is no going on without. */
export function mustFind(
  resources: Resources,
  type: string,
  reference: string,
  from: Resource,
): string {
  const id = resources.find(type, reference);
  if (id === undefined) {
    throw new Error(
      `${from.id} refers to ${reference}, but no ${type} in the template has that name.`,
    );
  }
  return id;
}
