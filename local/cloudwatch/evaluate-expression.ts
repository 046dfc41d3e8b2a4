import { combine, METRIC_FUNCTIONS, type MetricFunction, type Value } from './metric-functions.ts';
import type { Expression } from './parse-expression.ts';

const OPERATIONS: Record<string, (left: number, right: number) => number> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  // No value where nothing can be divided by.
  '/': (left, right) => (right === 0 ? Number.NaN : left / right),
  '^': (left, right) => left ** right,
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  '||': (left, right) => Number(left !== 0 || right !== 0),
};

export interface ExpressionContext {
  valueOf(id: string): Value;
  lasts(periodSeconds: number): number;
}

/** Where one of the operands has no value, the result has none, as on CloudWatch. */
export function evaluateExpression(expression: Expression, context: ExpressionContext): Value {
  const evaluate = (inner: Expression) => evaluateExpression(inner, context);
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'reference':
      return context.valueOf(expression.id);
    case 'list':
      return expression.items.map(evaluate).flatMap((item) => {
        if (typeof item === 'number') throw new Error('a number stands in a list of metrics');
        return item;
      });
    case 'negative':
      return combine([evaluate(expression.of)], ([value = 0]) => -value);
    case 'operation': {
      const calculate = OPERATIONS[expression.operator] ?? (() => Number.NaN);
      const operands = [evaluate(expression.left), evaluate(expression.right)];
      return combine(operands, ([left = 0, right = 0]) =>
        Number.isNaN(left) || Number.isNaN(right) ? Number.NaN : calculate(left, right),
      );
    }
    case 'call':
      return functionNamed(expression.name)(expression.parameters.map(evaluate), context.lasts);
  }
}

/** @throws Error that tells where to add a function that is missing */
export function functionNamed(name: string): MetricFunction {
  const found = METRIC_FUNCTIONS[name];
  if (found !== undefined) return found;
  const known = Object.keys(METRIC_FUNCTIONS).join(', ');
  throw new Error(
    `The local runtime does not know the function ${name} of metric math, only ${known}: add it to metric-functions.ts`,
  );
}
