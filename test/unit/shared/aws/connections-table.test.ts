import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { createConnections } from '../../../../shared/aws/connections-table.ts';
import { NOON } from '../../../support/fake-clock.ts';
import {
  anSdkError,
  answers,
  createFakeSdkClient,
  throws,
} from '../../../support/fake-sdk-client.ts';

const Items = [{ connectionId: 'c1', connectedAt: NOON }];

describe('a page of connections', () => {
  it('starts at the beginning, and says where the next one starts', async () => {
    const { client, sent } = createFakeSdkClient<DynamoDBDocumentClient>(
      answers({ Items, LastEvaluatedKey: { connectionId: 'c1' } }),
    );

    const page = await createConnections({ client, table: 'T' }).page(100);
    expect(page).toEqual({ connections: Items, next: 'c1' });
    expect(sent).toMatchObject([{ name: 'Scan', input: { TableName: 'T', Limit: 100 } }]);
    expect(sent[0]?.input.ExclusiveStartKey).toBeUndefined();
  });

  it('goes on behind the one before, and is the last when the table says so', async () => {
    const { client, sent } = createFakeSdkClient<DynamoDBDocumentClient>(answers({ Items: [] }));

    const page = await createConnections({ client, table: 'T' }).page(100, 'c1');
    expect(page).toEqual({ connections: [] });
    expect(sent).toMatchObject([{ input: { ExclusiveStartKey: { connectionId: 'c1' } } }]);
  });

  it('is UNAVAILABLE while the table is', async () => {
    const { client } = createFakeSdkClient<DynamoDBDocumentClient>(
      throws(anSdkError('ThrottlingException', 400)),
    );

    await expect(createConnections({ client, table: 'T' }).page(100)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });
});
