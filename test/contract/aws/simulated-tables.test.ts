import { inspect } from 'node:util';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { createDynamoDbStreamSource } from '../../../local/events/dynamodb-stream-source.ts';
import type { StreamRecord } from '../../../local/events/stream-record.ts';
import { createSimulatedTables, type SimulatedTables } from '../../faults/simulation/tables.ts';
import { type Engines, startEngines } from './engines.ts';
import { type CommandMaker, commands, examples } from './random-commands.ts';

/** `SIMULATION_RUNS=600` takes over a minute. */
const RUNS = Number(process.env.SIMULATION_RUNS ?? 25);

let engines: Engines;
let simulated: SimulatedTables;
let table: string;
let run = 0;

beforeAll(async () => {
  engines = await startEngines();
  table = engines.names.MESSAGES_TABLE;
  simulated = createSimulatedTables({ tables: engines.tables, clock: Date });
}, 60_000);
afterAll(() => engines?.stop());

describe('the simulated tables', () => {
  it('answer any commands as the engine does', async () => {
    const engine = engines.patientClient;
    const simulation = simulated.client(async () => 'ok', 1);

    await fc.assert(
      fc.asyncProperty(commands, async (makers) => {
        run += 1;
        for (const make of makers) {
          const command = make(table, `run-${run}`);
          const answer = await answerOf(engine, command);
          const simulatedAnswer = await answerOf(simulation, command);
          if (answer === simulatedAnswer) continue;
          const asked = `${command.constructor.name} ${show(command.input)}`;
          throw new Error(`${asked}\nengine: ${answer}\nsimulation: ${simulatedAnswer}`);
        }
      }),
      { numRuns: RUNS, examples },
    );
  }, 300_000);

  it('show the changes of each item in their stream as the engine does', async () => {
    const changes = changesByItem(await engineStream());

    expect(changes.size).toBeGreaterThan(RUNS / 2);
    expect(changesByItem(simulated.streamOf(table).records)).toEqual(changes);
  });
});

const show = (value: unknown) => inspect(value, { depth: 9, sorted: true });

/** What both must agree on: everything but the wording of errors and the order of a batch. */
async function answerOf(client: DynamoDBDocumentClient, command: ReturnType<CommandMaker>) {
  try {
    const { $metadata: _, ...answer } = await client.send(command as never);
    return show(normalised(answer));
  } catch (error) {
    const { name, $metadata, Item, CancellationReasons } = error as Record<string, unknown> & {
      $metadata: { httpStatusCode: number };
      CancellationReasons?: { Code: string; Item?: unknown }[];
    };
    const reasons = CancellationReasons?.map((reason) => ({
      Code: reason.Code,
      Item: reason.Item,
    }));
    return show({ name, status: $metadata?.httpStatusCode, Item, reasons });
  }
}

function normalised(answer: Record<string, unknown>) {
  const { Responses, ...rest } = answer;
  const inOrder = Object.entries((Responses ?? {}) as Record<string, Row[]>).map(([name, rows]) => [
    name,
    rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
  ]);
  return { ...rest, Responses: Object.fromEntries(inOrder) };
}

type Row = Record<string, unknown>;
const nameOf = ({ roomId, seq }: Row) => `${roomId} ${seq}`;

/** Everything in the engine's stream, less what the local runtime takes out: no-op writes. */
async function engineStream(): Promise<StreamRecord[]> {
  const { Table } = await engines.patientClient.send(
    new DescribeTableCommand({ TableName: table }),
  );
  const client = new DynamoDBStreamsClient({ endpoint: engines.dynamoDb.endpoint });
  try {
    const source = await createDynamoDbStreamSource({
      client,
      engineStreamArn: String(Table?.LatestStreamArn),
      region: 'us-east-1',
      accountId: '000000000000',
    });
    const [shard] = await source.listShards();
    const reader = await source.openShard(String(shard?.shardId), { type: 'TRIM_HORIZON' });
    const records: StreamRecord[] = [];
    for (;;) {
      const page = await reader.read();
      records.push(...page.records);
      if (page.caughtUp) return records;
    }
  } finally {
    client.destroy();
  }
}

function changesByItem(records: readonly StreamRecord[]): Map<string, string[]> {
  const changes = new Map<string, string[]>();
  for (const { eventName, dynamodb } of records) {
    const { Keys, NewImage, OldImage, StreamViewType } = dynamodb;
    const item = show(Keys);
    const change = show({ eventName, Keys, NewImage, OldImage, StreamViewType });
    changes.set(item, [...(changes.get(item) ?? []), change]);
  }
  return changes;
}
