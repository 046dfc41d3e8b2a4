import { describe, expect, it } from '@jest/globals';
import { createMetricStore } from '../../../../local/cloudwatch/metric-store.ts';
import { createQuerySet } from '../../../../local/cloudwatch/query-set.ts';
import type { MetricQuery } from '../../../../local/template/operations-model.ts';
import { aCalendar, aMetricQuery, anExpression } from './metric-fixtures.ts';

const none = Number.NaN;

/** What an expression makes of metrics whose minutes are given, NaN where one has no value. */
function evaluate(
  expression: string,
  metrics: Record<string, number[]>,
  { minuteMs = 60_000, others = [] as MetricQuery[] } = {},
): number[] {
  const { calendar, passMinutes } = aCalendar(minuteMs);
  const asked = anExpression(expression);
  const queries = [asked, ...Object.keys(metrics).map((id) => aMetricQuery(id)), ...others];
  const store = createMetricStore(queries, calendar);
  const minutes = Math.max(...Object.values(metrics).map((values) => values.length));
  for (let minute = 0; minute < minutes; minute += 1) {
    for (const [id, values] of Object.entries(metrics)) {
      const value = values[minute] ?? none;
      if (!Number.isNaN(value)) store.recorder(aMetricQuery(id).metric)(value);
    }
    if (minute < minutes - 1) passMinutes(1);
  }
  const querySet = createQuerySet(queries, { store, calendar, where: 'a graph' });
  return [...querySet.evaluate(asked, store.gridSince(undefined, 60))];
}

describe('metric math', () => {
  it.each([
    { expression: 'a + b * 2', expected: [21, none, none] },
    { expression: '(a + b) * 2', expected: [22, none, none] },
    { expression: '-a ^ 2 + 1', expected: [0, none, -8] },
    { expression: '8 / 2 / 2 - a', expected: [1, none, -1] },
    { expression: 'a / 0', expected: [none, none, none] },
    { expression: 'FILL(a, 0)', expected: [1, 0, 3] },
    { expression: 'FILL(a, 0) + FILL(b, 1)', expected: [11, 20, 4] },
    { expression: 'SUM([a, b])', expected: [11, 20, 3] },
    { expression: 'SUM(FILL([a, b, empty], 0))', expected: [11, 20, 3] },
    { expression: 'SUM([empty])', expected: [none, none, none] },
    { expression: 'MAX([a, b])', expected: [10, 20, 3] },
    { expression: 'MIN([a, b])', expected: [1, 20, 3] },
    { expression: 'AVG([a, b])', expected: [5.5, 20, 3] },
    { expression: 'SUM(a)', expected: [4, 4, 4] },
    { expression: 'a / MAX(a)', expected: [1 / 3, none, 1] },
    { expression: 'a > 2', expected: [0, none, 1] },
    { expression: 'a > 0 AND a < 2 || a == 3', expected: [1, none, 1] },
    { expression: 'IF(a > 2, b, 7)', expected: [7, none, none] },
    { expression: 'IF(FILL(a, 0) != 3, 1, 2)', expected: [1, 1, 2] },
    { expression: 'a / PERIOD(a)', expected: [1 / 60, none, 0.05] },
    { expression: 'twice + 1', expected: [3, none, 7] },
  ])('$expression', ({ expression, expected }) => {
    const metrics = { a: [1, none, 3], b: [10, 20, none], empty: [none, none, none] };
    expect(evaluate(expression, metrics, { others: [anExpression('a * 2', 'twice')] })).toEqual(
      expected,
    );
  });

  it('knows how long a short minute really is, so that rates are true', () => {
    expect(evaluate('a / PERIOD(a)', { a: [30] }, { minuteMs: 500 })).toEqual([60]);
  });

  it.each([
    { expression: 'RATE(a)', problem: 'does not know the function RATE of metric math, only SUM' },
    { expression: 'a + nothing', problem: 'no metric has the id nothing' },
    { expression: 'a +', problem: '"the end" is not expected in "a +"' },
    { expression: 'a $ b', problem: '"$" is not understood in "a $ b"' },
    { expression: '(a', problem: '")" is expected before "the end" in "(a"' },
    { expression: 'a b', problem: '"b" is not understood in "a b"' },
    { expression: '[a, b]', problem: 'gives a list, which is several lines' },
    { expression: '[a, b] * 2', problem: 'a list stands where one metric is needed' },
    { expression: 'SUM([a, 1])', problem: 'a number stands in a list of metrics' },
    { expression: 'SUM(1)', problem: 'a metric or a list of them is needed' },
    { expression: 'FILL(a, REPEAT)', problem: 'no metric has the id REPEAT' },
    { expression: 'PERIOD(1)', problem: 'PERIOD takes a metric' },
    { expression: 'IF(a, 1)', problem: 'IF takes a condition and two values' },
    { expression: 'e1 + 1', problem: 'e1 is computed from itself' },
  ])('refuses $expression as soon as it is read', ({ expression, problem }) => {
    expect(() => evaluate(expression, { a: [1], b: [2] })).toThrow(`a graph: `);
    expect(() => evaluate(expression, { a: [1], b: [2] })).toThrow(problem);
  });
});
