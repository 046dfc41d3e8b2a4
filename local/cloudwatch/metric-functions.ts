/** What metric math computes with. A series has one value a period, NaN where there is none. */
export type Value = number | Series | Series[];

export interface Series {
  periodSeconds: number;
  values: Float64Array;
}

export type MetricFunction = (
  parameters: Value[],
  /** How long a period really lasts, in seconds. */
  lasts: (periodSeconds: number) => number,
) => Value;

export const isSeries = (value: Value): value is Series =>
  typeof value !== 'number' && !Array.isArray(value);

/**
 * The functions of metric math that the template uses. Another one is an error when the stack starts,
 * so that nobody watches a graph that would only be empty here.
 */
export const METRIC_FUNCTIONS: Record<string, MetricFunction> = {
  SUM: aggregate((values) => values.reduce((sum, value) => sum + value, 0)),
  AVG: aggregate((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  MIN: aggregate((values) => Math.min(...values)),
  MAX: aggregate((values) => Math.max(...values)),

  /** A value for every period that has none: a number, or with `REPEAT` the last one before it. */
  FILL([filled, by]) {
    if (Array.isArray(filled)) return filled.map((series) => fill(series, by));
    if (filled === undefined || !isSeries(filled)) throw new Error('FILL takes a metric');
    return fill(filled, by);
  },

  IF([condition, then, otherwise]) {
    if (then === undefined || otherwise === undefined || condition === undefined) {
      throw new Error('IF takes a condition and two values');
    }
    return combine([condition, then, otherwise], ([is = 0, yes = 0, no = 0]) =>
      Number.isNaN(is) ? Number.NaN : is === 0 ? no : yes,
    );
  },

  PERIOD([series], lasts) {
    if (series === undefined || !isSeries(series)) throw new Error('PERIOD takes a metric');
    return lasts(series.periodSeconds);
  },
};

/**
 * Over several metrics, period by period, of those that have a value there; over one metric, all its
 * values to a single number.
 */
function aggregate(calculate: (values: number[]) => number): MetricFunction {
  const ofThoseThere = (values: readonly number[]) => {
    const there = values.filter((value) => !Number.isNaN(value));
    return there.length === 0 ? Number.NaN : calculate(there);
  };
  return ([subject]) => {
    if (subject === undefined || typeof subject === 'number') {
      throw new Error('a metric or a list of them is needed');
    }
    return isSeries(subject)
      ? ofThoseThere(Array.from(subject.values))
      : combine(subject, ofThoseThere);
  };
}

function fill(series: Series, by: Value | undefined): Series {
  if (typeof by !== 'number') throw new Error('FILL takes a number to fill with');
  return { ...series, values: series.values.map((value) => (Number.isNaN(value) ? by : value)) };
}

/**
 * Period by period; a number stands for itself in each of them.
 *
 * @throws Error for lists, and for series of different periods
 */
export function combine(
  operands: readonly Value[],
  calculate: (values: number[]) => number,
): number | Series {
  const pattern = operands.find(isSeries);
  const at = (index: number) =>
    operands.map((operand) => {
      if (typeof operand === 'number') return operand;
      if (Array.isArray(operand)) throw new Error('a list stands where one metric is needed');
      return operand.values[index] ?? Number.NaN;
    });
  if (pattern === undefined) return calculate(at(0));
  const { periodSeconds, values } = pattern;
  if (operands.some((operand) => isSeries(operand) && operand.periodSeconds !== periodSeconds)) {
    throw new Error('metrics of different periods cannot be combined here');
  }
  return { periodSeconds, values: values.map((_, index) => calculate(at(index))) };
}
