/** GET /ops/data/dashboard */
export interface OpsDashboard {
  name: string;
  stage: string;
  region: string;
  widgets: OpsWidget[];
}

/** On CloudWatch's grid of 24 columns. */
interface Placed {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export type OpsWidget =
  | (Placed & { kind: 'text'; markdown: string })
  | (Placed & { kind: 'alarms'; title: string; alarmNames: string[] })
  | (Placed & {
      kind: 'graph';
      title: string;
      periodSeconds: number;
      stacked: boolean;
      left: OpsSeries[];
      right: OpsSeries[];
      leftAxis: OpsAxis;
      rightAxis: OpsAxis;
      lines: { value: number; label: string }[];
    });

export interface OpsSeries {
  id: string;
  label: string;
  color?: string;
  /** Namespace, name, dimensions and statistic, or the expression, for a tooltip. */
  description: string;
}

export interface OpsAxis {
  min?: number;
  max?: number;
  label?: string;
}

/**
 * GET /ops/data/series?since=<epoch ms> — datapoints of all widgets' series whose period ended or
 * changed after `since` (absent: everything kept).
 */
export interface OpsSeriesData {
  now: number;
  /** Series id → [start of the period in epoch ms, value], ascending. */
  series: Record<string, [number, number][]>;
}

/** GET /ops/data/alarms */
export interface OpsAlarms {
  alarms: OpsAlarm[];
}

export interface OpsAlarm {
  name: string;
  kind: 'metric' | 'composite';
  description: string;
  runbook?: string;
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** Epoch ms. */
  since: number;
  reason: string;
}
