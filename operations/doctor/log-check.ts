import {
  type CloudWatchLogsClient,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import type { StackAccess } from '../common/stack-access.ts';
import type { Check, Finding } from './finding.ts';

/** Logs that are kept, and paid for, for ever. */
export function logCheck({ resources }: StackAccess, client: CloudWatchLogsClient): Check {
  const names = resources
    .filter(({ type }) => type === 'AWS::Logs::LogGroup')
    .map(({ physicalId }) => physicalId);

  async function retentionOf(logGroupNamePrefix: string): Promise<Finding[]> {
    for await (const { logGroups = [] } of paginateDescribeLogGroups(
      { client },
      { logGroupNamePrefix },
    )) {
      const group = logGroups.find(({ logGroupName }) => logGroupName === logGroupNamePrefix);
      if (group === undefined) continue;
      if (group.retentionInDays !== undefined) return [];
      return [
        {
          name: 'log-kept-for-ever',
          what: `${logGroupNamePrefix} has no retention.`,
          why: 'It is paid for by the gigabyte and the month, for ever.',
          fix: `aws logs put-retention-policy --log-group-name ${logGroupNamePrefix} --retention-in-days 30`,
        },
      ];
    }
    return [
      {
        name: 'log-missing',
        what: `There is no log group ${logGroupNamePrefix}.`,
        why: 'What its function says is lost.',
        fix: 'npm run deploy',
      },
    ];
  }

  return {
    name: 'retention of logs',
    async look() {
      const findings: Finding[] = [];
      // One after the other: CloudWatch Logs takes ten such requests a second.
      for (const name of names) findings.push(...(await retentionOf(name)));
      return findings;
    },
  };
}
