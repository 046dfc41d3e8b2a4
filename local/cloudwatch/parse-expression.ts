import { readTokens, type TokenReader } from './tokens.ts';

/** Metric math as a tree. */
export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'reference'; id: string }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'negative'; of: Expression }
  | { kind: 'operation'; operator: string; left: Expression; right: Expression }
  | { kind: 'call'; name: string; parameters: Expression[] };

/** From those that bind least. */
const OPERATORS: readonly (readonly string[])[] = [
  ['||', 'OR'],
  ['&&', 'AND'],
  ['<', '<=', '>', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/'],
];

const SAME_OPERATOR: Record<string, string> = { OR: '||', AND: '&&' };

/**
 * Parses CloudWatch's metric math.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 *
 * @throws Error that quotes the expression
 */
export function parseExpression(source: string): Expression {
  const tokens = readTokens(source);
  const expression = parseOperation(tokens, 0);
  const rest = tokens.peek();
  if (rest.kind !== 'end') tokens.fail(`"${rest.text}" is not understood`);
  return expression;
}

function parseOperation(tokens: TokenReader, level: number): Expression {
  const operators = OPERATORS[level];
  if (operators === undefined) return parsePower(tokens);
  let left = parseOperation(tokens, level + 1);
  for (;;) {
    const found = tokens.take(...operators);
    if (found === undefined) return left;
    const operator = SAME_OPERATOR[found] ?? found;
    left = { kind: 'operation', operator, left, right: parseOperation(tokens, level + 1) };
  }
}

/** Binds most, and from the right. */
function parsePower(tokens: TokenReader): Expression {
  if (tokens.take('-') !== undefined) return { kind: 'negative', of: parsePower(tokens) };
  const left = parseTerm(tokens);
  if (tokens.take('^') === undefined) return left;
  return { kind: 'operation', operator: '^', left, right: parsePower(tokens) };
}

function parseTerm(tokens: TokenReader): Expression {
  const token = tokens.next();
  if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
  if (token.kind === 'name') {
    if (tokens.take('(') === undefined) return { kind: 'reference', id: token.text };
    return { kind: 'call', name: token.text, parameters: parseItems(tokens, ')') };
  }
  if (token.text === '[') return { kind: 'list', items: parseItems(tokens, ']') };
  if (token.text === '(') {
    const inner = parseOperation(tokens, 0);
    tokens.expect(')');
    return inner;
  }
  return tokens.fail(`"${token.text || 'the end'}" is not expected`);
}

function parseItems(tokens: TokenReader, closing: string): Expression[] {
  const items: Expression[] = [];
  if (tokens.take(closing) !== undefined) return items;
  do items.push(parseOperation(tokens, 0));
  while (tokens.take(',') !== undefined);
  tokens.expect(closing);
  return items;
}

/** The expression and everything in it. */
export function partsOf(expression: Expression): Expression[] {
  return [expression, ...innerOf(expression).flatMap(partsOf)];
}

function innerOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'list':
      return expression.items;
    case 'negative':
      return [expression.of];
    case 'operation':
      return [expression.left, expression.right];
    case 'call':
      return expression.parameters;
    default:
      return [];
  }
}
