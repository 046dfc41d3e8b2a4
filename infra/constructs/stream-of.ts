import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';

/** @throws Error for a table that has no stream. */
export function streamOf(table: TableV2): string {
  const { tableStreamArn } = table;
  if (tableStreamArn === undefined) {
    throw new Error(`${table.node.path} has no stream: set dynamoStream.`);
  }
  return tableStreamArn;
}
