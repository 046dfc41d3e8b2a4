import type { MetricQuery } from '../template/operations-model.ts';
import type { Calendar } from './calendar.ts';
import { evaluateExpression, functionNamed } from './evaluate-expression.ts';
import { isSeries, type Series, type Value } from './metric-functions.ts';
import type { Grid, MetricStore } from './metric-store.ts';
import { type Expression, parseExpression, partsOf } from './parse-expression.ts';
import { parseStatistic } from './statistics.ts';

/** The queries of one graph or alarm, which name each other. */
export interface QuerySet {
  /** One value for each period of the grid, NaN where there is none. */
  evaluate(query: MetricQuery, grid: Grid): Float64Array;
}

/**
 * Checks every query at once, so that what the local runtime cannot compute stops it at its start.
 *
 * @param where for error messages, e.g. the title of the graph
 * @throws Error that names the graph or alarm and what is wrong
 */
export function createQuerySet(
  queries: readonly MetricQuery[],
  { store, calendar, where }: { store: MetricStore; calendar: Calendar; where: string },
): QuerySet {
  const byId = new Map(queries.flatMap((query) => (query.id ? [[query.id, query] as const] : [])));
  const expressions = new Map<MetricQuery, Expression>();
  const located = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw new Error(`${where}: ${error instanceof Error ? error.message : error}`);
    }
  };
  for (const query of queries) {
    located(() => {
      if (query.kind === 'metric') parseStatistic(query.statistic);
      else expressions.set(query, parseExpression(query.expression));
    });
  }
  for (const [query, expression] of expressions) located(() => check(expression, [query]));

  /** @param within the queries that lead here, to find those that lead back to themselves */
  function check(expression: Expression, within: readonly MetricQuery[]): void {
    for (const part of partsOf(expression)) {
      if (part.kind === 'call') functionNamed(part.name);
      if (part.kind !== 'reference') continue;
      const query = byId.get(part.id);
      if (query === undefined) throw new Error(`no metric has the id ${part.id}`);
      if (within.includes(query)) throw new Error(`${part.id} is computed from itself`);
      const inner = expressions.get(query);
      if (inner !== undefined) check(inner, [...within, query]);
    }
  }

  function compute(query: MetricQuery, grid: Grid): Value {
    if (query.kind === 'metric') {
      return { periodSeconds: grid.periodSeconds, values: store.read(query, grid) };
    }
    const expression = expressions.get(query);
    if (expression === undefined) throw new Error(`${where}: the query ${query.label} is unknown`);
    return evaluateExpression(expression, {
      valueOf: (id) => {
        const found = byId.get(id);
        if (found === undefined) throw new Error(`no metric has the id ${id}`);
        return compute(found, grid);
      },
      lasts: (periodSeconds) => calendar.periodMs(periodSeconds) / 1_000,
    });
  }

  const toSeries = (value: Value, { length, periodSeconds }: Grid): Series => {
    if (typeof value === 'number') {
      return { periodSeconds, values: new Float64Array(length).fill(value) };
    }
    if (isSeries(value)) return value;
    throw new Error('the expression gives a list, which is several lines');
  };

  const queriesOf: QuerySet = {
    evaluate: (query, grid) => located(() => toSeries(compute(query, grid), grid).values),
  };
  // Once over nothing: kinds that do not fit together show themselves.
  for (const query of queries) {
    const { periodSeconds } = query;
    queriesOf.evaluate(query, { fromMs: 0, periodSeconds, length: 1 });
  }
  return queriesOf;
}
