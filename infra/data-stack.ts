import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, Billing, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';

/** Epoch seconds; DynamoDB deletes within a few days, so readers filter expired rows themselves. */
const TTL_ATTRIBUTE = 'expiresAt';

export interface Tables {
  /** A room's head: the last sequence number given out. */
  rooms: TableV2;
  /** The log of every room. Its stream is the outbox that fan-out reads. */
  messages: TableV2;
  /** What makes a repeated send safe. */
  receipts: TableV2;
  connections: TableV2;
  /**
   * Each membership twice: under its room's shard and under its connection, so that no index is
   * needed. Its stream tells who comes and goes.
   */
  memberships: TableV2;
}

/** The tables, apart from the code that uses them: a release never puts data at risk. */
export class DataStack extends Stack {
  readonly tables: Tables;

  constructor(scope: Construct, id: string, props: { config: Config }) {
    super(scope, id, { description: 'Roomcast: tables' });

    const production = props.config.stage === 'production';
    const shared = {
      billing: Billing.onDemand(),
      deletionProtection: production,
      removalPolicy: production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    };
    /** For what cannot be made again by connecting again. */
    const lasting = {
      ...shared,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    };

    this.tables = {
      rooms: new TableV2(this, 'Rooms', {
        ...lasting,
        partitionKey: { name: 'roomId', type: AttributeType.STRING },
      }),
      messages: new TableV2(this, 'Messages', {
        ...lasting,
        partitionKey: { name: 'roomId', type: AttributeType.STRING },
        sortKey: { name: 'seq', type: AttributeType.NUMBER },
        dynamoStream: StreamViewType.NEW_IMAGE,
        timeToLiveAttribute: TTL_ATTRIBUTE,
      }),
      receipts: new TableV2(this, 'Receipts', {
        ...lasting,
        partitionKey: { name: 'receiptId', type: AttributeType.STRING },
        timeToLiveAttribute: TTL_ATTRIBUTE,
      }),
      connections: new TableV2(this, 'Connections', {
        ...shared,
        partitionKey: { name: 'connectionId', type: AttributeType.STRING },
        timeToLiveAttribute: TTL_ATTRIBUTE,
      }),
      memberships: new TableV2(this, 'Memberships', {
        ...shared,
        partitionKey: { name: 'partition', type: AttributeType.STRING },
        sortKey: { name: 'member', type: AttributeType.STRING },
        // Who has left stands in the old image only.
        dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
        timeToLiveAttribute: TTL_ATTRIBUTE,
      }),
    };
  }
}
