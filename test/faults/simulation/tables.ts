import type { DynamoDBDocumentClient, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { TableModel } from '../../../local/template/model.ts';
import type { Clock } from '../../../shared/domain/ports.ts';
import { anSdkError } from '../../support/fake-sdk-client.ts';
import {
  createSimulatedClient,
  type SimulatedService,
  type Thoroughness,
  type Turn,
} from './simulated-client.ts';
import type { ChangeStream } from './tables/change-stream.ts';
import { cancelled } from './tables/errors.ts';
import { createReads } from './tables/reads.ts';
import { createTable, type Table } from './tables/table.ts';
import { createTransactWrite } from './tables/transactions.ts';
import type { Item } from './tables/values.ts';
import { createWrites } from './tables/writes.ts';

const PAGE_MAX_BYTES = 1_048_576;

export interface SimulatedTablesOptions {
  tables: readonly TableModel[];
  clock: Clock;
  /** Where Query and Scan cut a page; small, so that small rooms have several. AWS: 1 MB. */
  pageBytes?: number;
}

/**
 * DynamoDB in memory, for the commands that `shared/aws` sends: what they do not use is refused
 * loudly. Without timers, clock or randomness of its own; that it tells the truth is shown by
 * `test/contract/aws`, which runs against it and against the engine.
 */
export interface SimulatedTables extends SimulatedService {
  /** A client whose every request waits for its turn. */
  client(turn: Turn, attempts?: number): DynamoDBDocumentClient;
  /** What stands in a table, expired rows included. */
  itemsOf(tableName: string): readonly Item[];
  /** The changes of a table; of one without a stream there are none. */
  streamOf(tableName: string): ChangeStream;
  /** Deletes what has expired, as TTL does some day. @returns how many rows went */
  sweepExpired(): number;
}

export function createSimulatedTables(options: SimulatedTablesOptions): SimulatedTables {
  const { tables: models, clock, pageBytes = PAGE_MAX_BYTES } = options;
  const tables = new Map<string, Table>(
    models.map((model) => [model.tableName, createTable(model)]),
  );
  const now = () => clock.now();
  let tokens = 0;

  function tableOf(name = ''): Table {
    const table = tables.get(name);
    if (table === undefined) {
      throw anSdkError('ResourceNotFoundException', 400, `Requested resource not found: ${name}`);
    }
    return table;
  }

  const reads = createReads({ tableOf, now, pageBytes });
  const writes = createWrites({ tableOf, now });
  type Operation = (input: never, how: Thoroughness) => object;
  const operations: Record<string, Operation | undefined> = {
    GetItem: reads.get,
    Query: reads.query,
    Scan: reads.scan,
    BatchGetItem: reads.batchGet,
    PutItem: writes.put,
    UpdateItem: writes.update,
    DeleteItem: writes.delete,
    BatchWriteItem: writes.batchWrite,
    TransactWriteItems: createTransactWrite({ writes, now }),
  };

  const service: SimulatedService = {
    throttlingError: 'ThrottlingException',
    /** Every transaction has a token, so that the SDK's own repetitions are one transaction. */
    prepare(operation, input) {
      if (operation !== 'TransactWriteItems' || input.ClientRequestToken !== undefined)
        return input;
      tokens += 1;
      return { ...input, ClientRequestToken: `sdk-token-${tokens}` };
    },
    perform(operation, input, how) {
      const carryOut = operations[operation];
      if (carryOut === undefined) throw new Error(`The simulated tables do not know ${operation}`);
      requireKnown(operation, input);
      return carryOut(input as never, how);
    },
    conflict(operation, input) {
      if (operation === 'TransactWriteItems') {
        const { TransactItems = [] } = input as unknown as TransactWriteCommandInput;
        const Message = 'Transaction is ongoing for the item';
        return cancelled(
          TransactItems.map((_item, index) =>
            index === 0 ? { Code: 'TransactionConflict', Message } : { Code: 'None' },
          ),
        );
      }
      if (!['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation)) {
        throw new Error(`${operation} does not meet transactions`);
      }
      return anSdkError('TransactionConflictException', 400);
    },
  };

  return {
    ...service,
    client: (turn, attempts) => createSimulatedClient(service, turn, operationOf, attempts),
    itemsOf: (tableName) => tableOf(tableName).items(),
    streamOf: (tableName) => tableOf(tableName).stream,
    sweepExpired() {
      let swept = 0;
      for (const table of tables.values()) {
        const { ttlAttribute } = table.model;
        if (ttlAttribute === undefined) continue;
        for (const item of table.items()) {
          const expiresAt = item[ttlAttribute];
          if (typeof expiresAt !== 'number' || expiresAt * 1000 > now()) continue;
          table.remove(table.keyOf(item), now(), true);
          swept += 1;
        }
      }
      return swept;
    },
  };
}

/** The document client's commands are called as the API's operations, less their `Item`s. */
function operationOf(command: string): string {
  if (command === 'TransactWrite') return 'TransactWriteItems';
  return command === 'Query' || command === 'Scan' ? command : `${command}Item`;
}

const EXPRESSIONS = ['ExpressionAttributeNames', 'ExpressionAttributeValues'];
const WRITE = [
  ...EXPRESSIONS,
  'TableName',
  'ConditionExpression',
  'ReturnValues',
  'ReturnValuesOnConditionCheckFailure',
];
const PAGE = [
  ...EXPRESSIONS,
  'TableName',
  'FilterExpression',
  'ProjectionExpression',
  'ConsistentRead',
  'ExclusiveStartKey',
  'Limit',
];

/** What each operation understands of its input: anything else would be ignored in silence. */
const PARAMETERS: Record<string, readonly string[]> = {
  GetItem: ['TableName', 'Key', 'ConsistentRead', 'ProjectionExpression', ...EXPRESSIONS],
  PutItem: [...WRITE, 'Item'],
  UpdateItem: [...WRITE, 'Key', 'UpdateExpression'],
  DeleteItem: [...WRITE, 'Key'],
  Query: [...PAGE, 'KeyConditionExpression', 'ScanIndexForward', 'Select'],
  Scan: PAGE,
  BatchGetItem: ['RequestItems'],
  BatchWriteItem: ['RequestItems'],
  TransactWriteItems: ['TransactItems', 'ClientRequestToken'],
};

function requireKnown(operation: string, input: Record<string, unknown>): void {
  const known = PARAMETERS[operation] ?? [];
  for (const name in input) {
    if (input[name] === undefined || known.includes(name)) continue;
    throw new Error(`The simulated tables do not know ${name} of ${operation}`);
  }
}
