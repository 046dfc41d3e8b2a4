import { isJsonObject } from './json.ts';
import { headerValue, type MultiValue } from './request-parts.ts';

/** Where an identity source is looked up. */
export interface IdentityScope {
  headers: MultiValue;
  query: MultiValue;
  /** The request context of the authorizer's event, for `context.identity.sourceIp` and the like. */
  context: unknown;
}

/**
 * Resolves an identity source of a WebSocket API (`route.request.querystring.token`) or of an HTTP API
 * (`$request.header.Authorization`). Undefined when the request has none, and for stage variables,
 * which this gateway does not have.
 */
export function readIdentitySource(source: string, scope: IdentityScope): string | undefined {
  const [, kind, name] =
    /^(?:route\.|\$)?(request\.header|request\.querystring|context)\.(.+)$/.exec(source) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  if (kind === 'request.header') return headerValue(scope.headers, name);
  if (kind === 'request.querystring') {
    return Object.hasOwn(scope.query, name) ? scope.query[name]?.at(-1) : undefined;
  }
  let value = scope.context;
  for (const key of name.split('.')) value = isJsonObject(value) ? value[key] : undefined;
  return value === undefined ? undefined : String(value);
}
