import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

export interface Graph {
  title: string;
  metrics: IMetric[];
  /** Of a different magnitude, on the right axis. */
  right?: IMetric[];
  unit?: string;
  stacked?: boolean;
  /** Where an alarm rings. */
  limit?: { at: number; label: string };
}

export interface Section {
  title: string;
  /** What normal looks like. */
  normal: string;
  graphs: Graph[];
}
