import type { MeteredFunction, MetricOf, RouteMetric } from '../domain/metrics.ts';

/** What handlers need to be measured: one call per batch, as there is one line of the log. */
export interface Metrics<Name extends string> {
  /** A list holds one value for each thing that was measured, such as each delivery. */
  emit(values: MetricValues<Name>): void;
}

export type MetricValues<Name extends string> = Partial<Record<Name, number | readonly number[]>>;

export type MetricsOf<F extends MeteredFunction> = Metrics<MetricOf<F>>;

export type RouteMetrics = Metrics<RouteMetric>;
