import type { IncomingHttpHeaders } from 'node:http';
import type { CorsModel } from '../template/model.ts';

export interface Cors {
  /** Headers of the gateway's own answer to a preflight; undefined when the request is none. */
  preflight(method: string, headers: IncomingHttpHeaders): Record<string, string> | undefined;
  /** Replaces the CORS headers of a function's answer, which API Gateway ignores, by the model's. */
  apply(answer: Record<string, string>, headers: IncomingHttpHeaders): Record<string, string>;
}

/** The CORS of an HTTP API. Without a model, functions answer preflights and set headers themselves. */
export function createCors(model: CorsModel | undefined): Cors {
  if (model === undefined) return { preflight: () => undefined, apply: (answer) => answer };

  function allowOrigin(origin: string | undefined): Record<string, string> | undefined {
    if (origin === undefined) return undefined;
    if (model?.allowOrigins.includes('*')) return { 'access-control-allow-origin': '*' };
    const isAllowed = model?.allowOrigins.some((allowed) => matchesOrigin(origin, allowed));
    return isAllowed ? { 'access-control-allow-origin': origin, vary: 'origin' } : undefined;
  }

  return {
    preflight(method, headers) {
      const isPreflight =
        method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
      if (!isPreflight || headers.origin === undefined) return undefined;
      const allowed = allowOrigin(headers.origin);
      if (allowed === undefined) return {};
      return {
        ...allowed,
        ...list('access-control-allow-methods', model.allowMethods),
        ...list('access-control-allow-headers', model.allowHeaders),
        ...list('access-control-expose-headers', model.exposeHeaders),
        ...(model.maxAgeSeconds !== undefined && {
          'access-control-max-age': String(model.maxAgeSeconds),
        }),
      };
    },

    apply(answer, headers) {
      const own = Object.entries(answer).filter(([name]) => !name.startsWith('access-control-'));
      const allowed = allowOrigin(headers.origin);
      return {
        ...Object.fromEntries(own),
        ...(allowed && {
          ...allowed,
          ...list('access-control-expose-headers', model.exposeHeaders),
        }),
      };
    },
  };
}

/** Origins of a model may end in a wildcard for the host: `https://*`. */
function matchesOrigin(origin: string, allowed: string): boolean {
  return allowed.endsWith('://*') ? origin.startsWith(allowed.slice(0, -1)) : origin === allowed;
}

function list(name: string, values: string[]): Record<string, string> {
  return values.length > 0 ? { [name]: values.join(',') } : {};
}
