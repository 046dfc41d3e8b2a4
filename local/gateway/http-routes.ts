import type { HttpRouteModel } from '../template/model.ts';

export interface HttpMatch {
  route: HttpRouteModel;
  /** Decoded path variables; absent when the route has none. */
  pathParameters?: Record<string, string>;
}

interface CompiledRoute {
  route: HttpRouteModel;
  method: string;
  segments: Segment[];
}

type Segment =
  | { kind: 'static'; text: string }
  | { kind: 'variable'; name: string }
  | { kind: 'greedy'; name: string };

const SPECIFICITY = { static: 0, variable: 1, greedy: 2 };

/**
 * Compiles the route keys of an HTTP API (`GET /rooms/{roomId}`, `ANY /files/{path+}`, `$default`).
 * The most specific route wins, wherever it stands: static before variable before greedy, segment by
 * segment, then the method before ANY, then `$default`.
 */
export function compileHttpRoutes(
  routes: HttpRouteModel[],
): (method: string, path: string) => HttpMatch | undefined {
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  const compiled = routes
    .filter((route) => route !== fallback)
    .map(compileRoute)
    .sort(bySpecificity);

  return (method, path) => {
    const parts = path.slice(1).split('/');
    for (const candidate of compiled) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue;
      const pathParameters = matchSegments(candidate.segments, parts);
      if (pathParameters === undefined) continue;
      const { route } = candidate;
      return Object.keys(pathParameters).length > 0 ? { route, pathParameters } : { route };
    }
    return fallback && { route: fallback };
  };
}

function compileRoute(route: HttpRouteModel): CompiledRoute {
  const [method = '', path = ''] = route.routeKey.split(' ');
  if (!path.startsWith('/')) {
    throw new Error(`The route key "${route.routeKey}" is not of the form "METHOD /path"`);
  }
  return { route, method, segments: path.slice(1).split('/').map(compileSegment) };
}

function compileSegment(text: string): Segment {
  const variable = /^\{([^}+]+)(\+?)\}$/.exec(text);
  if (variable?.[1] === undefined) return { kind: 'static', text };
  return { kind: variable[2] === '+' ? 'greedy' : 'variable', name: variable[1] };
}

function bySpecificity(a: CompiledRoute, b: CompiledRoute): number {
  const shared = Math.min(a.segments.length, b.segments.length);
  for (let i = 0; i < shared; i++) {
    const difference = rank(a.segments[i]) - rank(b.segments[i]);
    if (difference !== 0) return difference;
  }
  return Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function rank(segment: Segment | undefined): number {
  return segment === undefined ? 0 : SPECIFICITY[segment.kind];
}

/** Compared undecoded, so that `%2F` inside a variable does not make a segment of its own. */
function matchSegments(segments: Segment[], parts: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    const part = parts[i];
    if (part === undefined) return undefined;
    if (segment.kind === 'greedy') {
      const rest = parts.slice(i).join('/');
      if (rest === '') return undefined;
      parameters[segment.name] = decode(rest);
      return parameters;
    }
    if (segment.kind === 'variable') {
      if (part === '') return undefined;
      parameters[segment.name] = decode(part);
    } else if (segment.text !== decode(part)) return undefined;
  }
  return parts.length === segments.length ? parameters : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
