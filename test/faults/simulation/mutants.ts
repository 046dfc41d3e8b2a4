import { registerHooks } from 'node:module';
import { MUTATIONS } from './mutations.ts';

/**
 * Lets another module stand in for one of the client library, which has no seam there and needs none.
 * What stands in may import the module itself. Counts for what this thread imports afterwards.
 */
export function registerMutants(mutation: string | undefined): void {
  const replaces = mutation === undefined ? undefined : MUTATIONS[mutation]?.replaces;
  if (replaces === undefined) return;
  const original = new URL(`../../../${replaces.module}`, import.meta.url).href;
  const mutant = new URL(replaces.by, import.meta.url).href;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const isReplaced = resolved.url === original && context.parentURL !== mutant;
      return isReplaced ? { ...resolved, url: mutant } : resolved;
    },
  });
}
