import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Config } from '../config.ts';

/** Long enough to follow up an incident, short enough that logs are no second message store. */
export function logRetention(stage: Config['stage']): RetentionDays {
  return stage === 'production' ? RetentionDays.ONE_MONTH : RetentionDays.ONE_WEEK;
}
