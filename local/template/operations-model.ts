/**
 * What the template shows and watches: its dashboard and its alarms, with every reference resolved.
 * Periods are seconds, as CloudWatch counts them.
 */

export interface MetricIdentity {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
}

/** One line of a graph, or one term of an alarm. */
export type MetricQuery = MetricTerm | ExpressionTerm;

interface Term {
  /** By which expressions name it. */
  id?: string;
  label: string;
  periodSeconds: number;
}

interface MetricTerm extends Term {
  kind: 'metric';
  metric: MetricIdentity;
  /** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99.9`. */
  statistic: string;
}

interface ExpressionTerm extends Term {
  kind: 'expression';
  expression: string;
}

export interface DashboardModel {
  name: string;
  widgets: WidgetModel[];
}

/** On a grid of 24 columns. */
interface Placed {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type WidgetModel = Placed &
  (
    | { kind: 'text'; markdown: string }
    | { kind: 'alarms'; title: string; alarmNames: string[] }
    | GraphModel
  );

export interface GraphModel {
  kind: 'graph';
  title: string;
  periodSeconds: number;
  stacked: boolean;
  lines: GraphLineModel[];
  axes: Record<AxisSide, AxisModel>;
  limits: { value: number; label: string }[];
}

export type AxisSide = 'left' | 'right';

export interface GraphLineModel {
  query: MetricQuery;
  axis: AxisSide;
  /** Others only compute with it. */
  hidden: boolean;
  color?: string;
}

export interface AxisModel {
  min?: number;
  max?: number;
  label?: string;
}

export type AlarmModel = MetricAlarmModel | CompositeAlarmModel;

interface NamedAlarm {
  name: string;
  /** What an alarm rule calls it, beside its name. */
  arn: string;
  description: string;
}

export interface MetricAlarmModel extends NamedAlarm {
  kind: 'metric';
  queries: MetricQuery[];
  /** The id of the query that is compared. */
  watched: string;
  limit: AlarmLimit;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  treatMissingData: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
}

export type AlarmLimit =
  | { kind: 'threshold'; comparison: keyof typeof THRESHOLD_COMPARISONS; value: number }
  /** What is usual, so many standard deviations to either side. */
  | { kind: 'band'; comparison: keyof typeof BAND_COMPARISONS; deviations: number };

/** The comparisons that CloudWatch knows, in words for people. */
export const THRESHOLD_COMPARISONS = {
  GreaterThanThreshold: 'above',
  GreaterThanOrEqualToThreshold: 'at or above',
  LessThanThreshold: 'below',
  LessThanOrEqualToThreshold: 'at or below',
} as const;

export const BAND_COMPARISONS = {
  GreaterThanUpperThreshold: 'above',
  LessThanLowerThreshold: 'below',
  LessThanLowerOrGreaterThanUpperThreshold: 'outside',
} as const;

export interface CompositeAlarmModel extends NamedAlarm {
  kind: 'composite';
  /** e.g. `ALARM("arn:…") OR ALARM("arn:…")` */
  rule: string;
}
