/** The value of the selection expression for a message; undefined when the body is not JSON. */
export type RouteSelection = (body: string) => string | undefined;

type Part = string | { path: string[] };

/**
 * Compiles a route selection expression: `$request.body.action`, templates such as
 * `${request.body.service}/${request.body['action']}`, or static text (`\$default`).
 * What a path finds is stringified; what it does not find becomes "".
 *
 * @throws Error when the expression refers to anything but `request.body`.
 */
export function compileRouteSelection(expression: string): RouteSelection {
  const parts = parseExpression(expression);
  return (body) => {
    let document: unknown;
    try {
      document = JSON.parse(body);
    } catch {
      return undefined;
    }
    let value = '';
    for (const part of parts) {
      value += typeof part === 'string' ? part : stringify(lookUp(document, part.path));
    }
    return value;
  };
}

function parseExpression(expression: string): Part[] {
  const whole = /^\$(request\.body.*)$/.exec(expression);
  if (whole?.[1] !== undefined) return [{ path: parsePath(whole[1], expression) }];

  const parts: Part[] = [];
  const tokens = /\\\$|\$\{([^}]*)\}|\$|[^\\$]+|\\/g;
  for (const token of expression.matchAll(tokens)) {
    if (token[1] !== undefined) parts.push({ path: parsePath(token[1], expression) });
    else if (token[0] === '\\$') parts.push('$');
    else if (token[0] === '$') throw unsupported(expression);
    else parts.push(token[0]);
  }
  return parts;
}

/** Splits `request.body.a['b'][0]` into `a`, `b`, `0`. */
function parsePath(variable: string, expression: string): string[] {
  if (!variable.startsWith('request.body')) throw unsupported(expression);
  let rest = variable.slice('request.body'.length);
  const path: string[] = [];
  while (rest !== '') {
    const step = /^(?:\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\])/.exec(rest);
    const key = step?.[1] ?? step?.[2] ?? step?.[3] ?? step?.[4];
    if (step === null || key === undefined) throw unsupported(expression);
    path.push(key);
    rest = rest.slice(step[0].length);
  }
  return path;
}

function lookUp(document: unknown, path: string[]): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function stringify(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function unsupported(expression: string): Error {
  return new Error(
    `The route selection expression "${expression}" is not understood: ` +
      "use paths below request.body, such as $request.body.action or $request.body.a['b']",
  );
}
