import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import type { StackAccess } from '../common/stack-access.ts';
import { EXPECTED_TABLES, type ExpectedTable } from './expected-tables.ts';
import { CannotTell, type Check, type Finding } from './finding.ts';

type NamedTable = ExpectedTable & { tableName: string };

/** Tables and their streams; deployed, their TTL and point-in-time recovery as well. */
export function tableChecks({ dynamoDb, resources, kind }: StackAccess): Check[] {
  const tables = EXPECTED_TABLES.map((expected): NamedTable => {
    const logicalId = new RegExp(`^${expected.name}[0-9A-F]{8}$`);
    const found = resources.find(
      ({ type, logicalId: id }) => type === 'AWS::DynamoDB::GlobalTable' && logicalId.test(id),
    );
    return { ...expected, tableName: found?.physicalId ?? expected.name };
  });
  const each = async (look: (table: NamedTable) => Promise<Finding[]>, those = tables) =>
    (await Promise.all(those.map(look))).flat();

  async function streamOf({ tableName: TableName, stream }: NamedTable): Promise<Finding[]> {
    try {
      const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
      const { StreamEnabled, StreamViewType } = Table?.StreamSpecification ?? {};
      if (stream === undefined || (StreamEnabled && StreamViewType === stream)) return [];
      return [
        {
          name: 'stream-off',
          what: `The stream of ${TableName} is ${StreamEnabled ? `one of ${StreamViewType}` : 'off'}, not ${stream}.`,
          why: 'What is written there is stored and told to nobody.',
          fix: 'npm run deploy restores it; then fan-out needs its new stream, as docs/runbook.md#fan-out-behind says. Locally: a fresh --data directory',
        },
      ];
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      return [
        {
          name: 'table-missing',
          what: `There is no table ${TableName}.`,
          why: 'Every function that needs it fails.',
          fix: 'Restore it from its point-in-time recovery, or deploy the data stack again. Locally: npm start creates it',
        },
      ];
    }
  }

  async function ttlOf({ tableName: TableName, ttl }: NamedTable): Promise<Finding[]> {
    const { TimeToLiveDescription } = await dynamoDb.send(
      new DescribeTimeToLiveCommand({ TableName }),
    );
    const { TimeToLiveStatus = 'DISABLED', AttributeName } = TimeToLiveDescription ?? {};
    if (/^ENABL/.test(TimeToLiveStatus) && AttributeName === ttl) return [];
    return [
      {
        name: 'ttl-off',
        what: `${TableName} does not delete what has expired (TTL on ${ttl}: ${TimeToLiveStatus}).`,
        why: 'It grows for ever, and is paid for by the gigabyte.',
        fix: `aws dynamodb update-time-to-live --table-name ${TableName} --time-to-live-specification Enabled=true,AttributeName=${ttl}`,
      },
    ];
  }

  async function recoveryOf({ tableName: TableName }: NamedTable): Promise<Finding[]> {
    const { ContinuousBackupsDescription } = await dynamoDb.send(
      new DescribeContinuousBackupsCommand({ TableName }),
    );
    const { PointInTimeRecoveryStatus } =
      ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
    if (PointInTimeRecoveryStatus === 'ENABLED') return [];
    return [
      {
        name: 'recovery-off',
        what: `${TableName} has no point-in-time recovery.`,
        why: 'What is deleted or overwritten by mistake is lost.',
        fix: `aws dynamodb update-continuous-backups --table-name ${TableName} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
      },
    ];
  }

  const onAwsOnly = (why: string, look: () => Promise<Finding[]>) => async () => {
    if (kind === 'local') throw new CannotTell(why);
    return look();
  };
  return [
    { name: 'tables and streams', look: () => each(streamOf) },
    {
      name: 'TTL',
      look: onAwsOnly('the local stack deletes what has expired by itself', () =>
        each(
          ttlOf,
          tables.filter(({ ttl }) => ttl !== undefined),
        ),
      ),
    },
    {
      name: 'point-in-time recovery',
      look: onAwsOnly('there is none on one machine', () =>
        each(
          recoveryOf,
          tables.filter(({ lasting }) => lasting),
        ),
      ),
    },
  ];
}
