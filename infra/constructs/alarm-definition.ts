import { type MathExpression, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

export interface AlarmDefinition {
  /** Names the alarm, and its entry in the runbook. */
  name: string;
  /** In a line: what has happened when it rings. The runbook tells the rest. */
  means: string;
  metric: Metric | MathExpression;
  /** It rings above this. */
  threshold: number;
  /** In so many minutes of so many. */
  minutes: readonly [breaching: number, of: number];
  missing: TreatMissingData;
  /** Members wait right now: wakes somebody up. */
  pages: boolean;
}

/**
 * Nobody emits zeros, and AWS tells nothing of functions, tables and queues that are at rest: where no
 * message is on its way, silence is what is normal, and no alarm keeps ringing for it.
 */
export const silenceIsGood = TreatMissingData.NOT_BREACHING;

/** One is too many: somebody waits for each dead letter, and it is kept for 14 days only. */
export const NONE = 0;
