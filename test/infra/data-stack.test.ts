import { describe, expect, it } from '@jest/globals';
import { resourcesOf, synthesizeStacks } from './synthesized-stacks.ts';

const dev = synthesizeStacks({ openAccess: true });
const production = synthesizeStacks({ openAccess: true, stage: 'production' });

const key = (attribute: string, type: string) => ({ AttributeName: attribute, KeyType: type });

describe('the tables', () => {
  it.each([
    { table: 'Rooms', keys: [key('roomId', 'HASH')], ttl: false, pitr: true, stream: undefined },
    {
      table: 'Messages',
      keys: [key('roomId', 'HASH'), key('seq', 'RANGE')],
      ttl: true,
      pitr: true,
      stream: 'NEW_IMAGE',
    },
    {
      table: 'Receipts',
      keys: [key('receiptId', 'HASH')],
      ttl: true,
      pitr: true,
      stream: undefined,
    },
    {
      table: 'Connections',
      keys: [key('connectionId', 'HASH')],
      ttl: true,
      pitr: false,
      stream: undefined,
    },
    {
      table: 'Memberships',
      keys: [key('partition', 'HASH'), key('member', 'RANGE')],
      ttl: true,
      pitr: false,
      stream: 'NEW_AND_OLD_IMAGES',
    },
  ])('$table has its key, expiry, recovery and stream', ({ table, keys, ttl, pitr, stream }) => {
    const [, found] =
      resourcesOf(dev.data, 'AWS::DynamoDB::GlobalTable').find(([id]) => id.startsWith(table)) ??
      [];
    expect(found?.Properties).toMatchObject({ KeySchema: keys, BillingMode: 'PAY_PER_REQUEST' });
    expect(found?.Properties.TimeToLiveSpecification).toEqual(
      ttl ? { AttributeName: 'expiresAt', Enabled: true } : undefined,
    );
    expect(found?.Properties.StreamSpecification).toEqual(stream && { StreamViewType: stream });
    const recovery = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
    if (pitr) expect(found?.Properties.Replicas).toMatchObject([recovery]);
    else expect(found?.Properties.Replicas).not.toMatchObject([recovery]);
  });

  it('number the messages of a room, so that their order is that of numbers, not of digits', () => {
    dev.data.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      AttributeDefinitions: [
        { AttributeName: 'roomId', AttributeType: 'S' },
        { AttributeName: 'seq', AttributeType: 'N' },
      ],
    });
  });
});

describe('a destroyed stack', () => {
  const kinds = [
    ['tables', 'data', 'AWS::DynamoDB::GlobalTable'],
    ['logs', 'chat', 'AWS::Logs::LogGroup'],
  ] as const;

  it.each(kinds)('leaves no %s behind in development', (_, stack, type) => {
    const found = resourcesOf(dev[stack], type);
    expect(found.length).toBeGreaterThan(0);
    for (const [, { DeletionPolicy }] of found) expect(DeletionPolicy).toBe('Delete');
  });

  it.each(kinds)('keeps its %s in production', (_, stack, type) => {
    for (const [, { DeletionPolicy }] of resourcesOf(production[stack], type)) {
      expect(DeletionPolicy).toBe('Retain');
    }
  });

  it('cannot even be asked for in production: the tables are protected', () => {
    for (const [, { Properties }] of resourcesOf(production.data, 'AWS::DynamoDB::GlobalTable')) {
      expect(Properties.Replicas).toMatchObject([{ DeletionProtectionEnabled: true }]);
    }
  });
});
