/** What one call asks of one table. */
export interface TableUnits {
  tableName: string;
  reads: number;
  writes: number;
  /** Rows that it is about: each of them is throttled by itself. */
  items: number;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
const READ_UNIT_BYTES = 4 * 1024;
const WRITE_UNIT_BYTES = 1024;

type AttributeValue = Record<string, unknown>;
type Item = Record<string, AttributeValue>;

interface Write {
  TableName?: string;
  Item?: Item;
  ExpressionAttributeValues?: Item;
}

interface Request extends Write {
  ConsistentRead?: boolean;
  RequestItems?: Record<
    string,
    { Keys?: unknown[]; ConsistentRead?: boolean } | { PutRequest?: Write }[]
  >;
  TransactItems?: Record<string, Write>[];
}

/** The units that a call takes, as well as its body and the size of its answer tell them. */
export function unitsOf(operation: string, body: string, answerBytes: number): TableUnits[] {
  const request = JSON.parse(body || '{}') as Request;
  const { TableName: tableName = '', RequestItems = {}, TransactItems = [] } = request;
  switch (operation) {
    case 'GetItem':
    case 'Query':
    case 'Scan':
      return [{ tableName, reads: readUnits(answerBytes, request), writes: 0, items: 1 }];
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [{ tableName, reads: 0, writes: writeUnits(request), items: 1 }];
    case 'TransactWriteItems':
      return TransactItems.flatMap((part) =>
        Object.values(part).map((write) => ({
          tableName: write.TableName ?? '',
          reads: 0,
          // Prepared and then committed.
          writes: 2 * writeUnits(write),
          items: 1,
        })),
      );
    case 'BatchGetItem':
      return Object.entries(RequestItems).map(([table, asked]) => {
        const { Keys: { length: items } = [], ConsistentRead } = Array.isArray(asked) ? {} : asked;
        const reads = items * readUnits(answerBytes / Math.max(1, items), { ConsistentRead });
        return { tableName: table, reads, writes: 0, items };
      });
    case 'BatchWriteItem':
      return Object.entries(RequestItems).map(([table, asked]) => {
        const writes = Array.isArray(asked) ? asked : [];
        const units = writes.map(({ PutRequest = {} }) => writeUnits(PutRequest));
        const sum = units.reduce((total, one) => total + one, 0);
        return { tableName: table, reads: 0, writes: sum, items: writes.length };
      });
    default:
      return [];
  }
}

function readUnits(bytes: number, { ConsistentRead }: { ConsistentRead?: boolean | undefined }) {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (ConsistentRead === true ? 1 : 0.5);
}

/** Of an update only what it sets is known, not the rest of the row. */
function writeUnits({ Item = {}, ExpressionAttributeValues = {} }: Write): number {
  const bytes = sizeOf(Item) + sizeOf(ExpressionAttributeValues);
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}

function sizeOf(item: Item): number {
  return Object.entries(item).reduce(
    (bytes, [name, value]) =>
      bytes + name.length + Math.max(1, JSON.stringify(Object.values(value)[0] ?? '').length - 2),
    0,
  );
}
