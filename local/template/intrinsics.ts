/** CloudFormation's functions, as far as our templates use them. Anything else is an error. */

/** Where names lead: to resources and parameters of the same stack, and to the exports of all stacks. */
export interface Scope {
  /** `undefined` for an unknown name. */
  ref(name: string): unknown;
  /** `undefined` for an unknown resource or attribute. */
  attribute(name: string, attribute: string): unknown;
  /** `undefined` for an export that no stack has. */
  imported(exportName: string): unknown;
}

/**
 * Replaces every function in `value` by its result. Properties that end up as `AWS::NoValue` are left
 * out.
 *
 * @param at what is being resolved, for error messages, e.g. `MessagesSend.Environment`
 */
export function resolveIntrinsics(value: unknown, scope: Scope, at: string): unknown {
  if (Array.isArray(value)) {
    return value
      .map((item, index) => resolveIntrinsics(item, scope, `${at}[${index}]`))
      .filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;

  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && isFunctionName(only[0])) {
    return applyFunction(only[0], only[1], scope, at);
  }
  return Object.fromEntries(
    entries
      .map(([key, item]) => [key, resolveIntrinsics(item, scope, `${at}.${key}`)] as const)
      .filter(([, item]) => item !== undefined),
  );
}

function isFunctionName(key: string): boolean {
  return key === 'Ref' || key === 'Condition' || key.startsWith('Fn::');
}

function applyFunction(name: string, argument: unknown, scope: Scope, at: string): unknown {
  const resolveInner = (value: unknown) => resolveIntrinsics(value, scope, at);
  const found = (value: unknown, what: string): unknown => {
    if (value === undefined)
      throw new Error(`${at}: ${name} asks for ${what}, which is not known.`);
    return value;
  };

  switch (name) {
    case 'Ref': {
      const target = asText(argument, name, at);
      return target === 'AWS::NoValue' ? undefined : found(scope.ref(target), target);
    }
    case 'Fn::GetAtt': {
      const [target, attribute] = attributePath(argument, name, at);
      return found(scope.attribute(target, attribute), `${target}.${attribute}`);
    }
    case 'Fn::ImportValue': {
      const exportName = asText(resolveInner(argument), name, at);
      return found(scope.imported(exportName), exportName);
    }
    case 'Fn::Join': {
      const [separator, parts] = asList(argument, name, at);
      return asList(resolveInner(parts), name, at)
        .map((part) => asText(part, name, at))
        .join(asText(separator, name, at));
    }
    case 'Fn::Split': {
      const [separator, text] = asList(argument, name, at);
      return asText(resolveInner(text), name, at).split(asText(separator, name, at));
    }
    case 'Fn::Select': {
      const [index, list] = asList(argument, name, at);
      return found(asList(resolveInner(list), name, at)[Number(index)], `item ${String(index)}`);
    }
    case 'Fn::Sub':
      return substitute(argument, scope, at);
    default:
      throw new Error(
        `${at} uses ${name}, which the local runtime does not know: add it to intrinsics.ts.`,
      );
  }
}

/** `${Name}`, `${Name.Attribute}`, `${!Literal}`; with a map, its names come first. */
function substitute(argument: unknown, scope: Scope, at: string): string {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = new Map(Object.entries(variables ?? {}));
  return asText(text, 'Fn::Sub', at).replaceAll(/\$\{([^}]+)\}/g, (whole, expression: string) => {
    if (expression.startsWith('!')) return whole.replace('!', '');
    const value = own.has(expression)
      ? resolveIntrinsics(own.get(expression), scope, at)
      : applyFunction(
          expression.includes('.') && !expression.startsWith('AWS::') ? 'Fn::GetAtt' : 'Ref',
          expression,
          scope,
          at,
        );
    return asText(value, 'Fn::Sub', at);
  });
}

function attributePath(argument: unknown, name: string, at: string): [string, string] {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  const [target, attribute] = asList(argument, name, at);
  return [asText(target, name, at), asText(attribute, name, at)];
}

function asText(value: unknown, name: string, at: string): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`${at}: ${name} needs text where it has ${JSON.stringify(value)}.`);
}

function asList(value: unknown, name: string, at: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${at}: ${name} needs a list where it has ${JSON.stringify(value)}.`);
}
