import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startDynamoDb } from '../../../local/engines/dynamodb.ts';
import { resolveDynoxideBinary } from '../../../local/engines/dynoxide-binary.ts';
import { probe } from '../../../local/engines/http-probe.ts';
import { provision } from '../../../local/engines/provision.ts';
import { startSqs } from '../../../local/engines/sqs.ts';
import {
  createCleanup,
  createDataDir,
  createDynamoDbClient,
  createSqsClient,
  neverExits,
  smallModel,
} from './engines-support.ts';

const HOST = fileURLToPath(new URL('./engines-host.ts', import.meta.url));

const cleanup = createCleanup();
afterEach(() => cleanup.run());

interface Host {
  process: ChildProcess;
  dynamoDbEndpoint: string;
  sqsEndpoint: string;
}

async function startHost(dataDir: string): Promise<Host> {
  const host = spawn(process.execPath, [HOST, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanup.defer(() => host.kill('SIGKILL'));
  const [line] = await once(createInterface(host.stdout), 'line');
  return { process: host, ...JSON.parse(line) };
}

async function kill(process: ChildProcess): Promise<void> {
  const exited = once(process, 'exit');
  process.kill('SIGKILL');
  await exited;
}

async function refusesConnections(endpoint: string): Promise<void> {
  for (;;) {
    try {
      await probe(endpoint);
    } catch {
      return;
    }
  }
}

const enginePid = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'dynamodb', 'engine.pid'), 'utf8'));

const parentOf = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));

describe('the engines of a runtime that is killed', () => {
  it('take everything acknowledged over into the next run', async () => {
    const dataDir = createDataDir(cleanup);
    const host = await startHost(dataDir);
    await provision({ model: smallModel, ...host });
    const queueUrl = `${host.sqsEndpoint}/000000000000/jobs`;
    const dynamoDb = createDynamoDbClient(cleanup, host.dynamoDbEndpoint);
    const sqs = createSqsClient(cleanup, host.sqsEndpoint);
    const ids = Array.from({ length: 50 }, (_, index) => `room-${index}`);
    await Promise.all(
      ids.flatMap((id) => [
        dynamoDb.send(new PutItemCommand({ TableName: 'Rooms', Item: { roomId: { S: id } } })),
        sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: id })),
      ]),
    );

    await kill(host.process);

    const next = await startHost(dataDir);
    await provision({ model: smallModel, ...next });
    const nextDynamoDb = createDynamoDbClient(cleanup, next.dynamoDbEndpoint);
    const rows = await Promise.all(
      ids.map((id) =>
        nextDynamoDb.send(new GetItemCommand({ TableName: 'Rooms', Key: { roomId: { S: id } } })),
      ),
    );
    expect(rows.map((row) => row.Item?.roomId?.S)).toEqual(ids);

    const nextSqs = createSqsClient(cleanup, next.sqsEndpoint);
    const bodies = new Set<string | undefined>();
    for (let round = 0; round < 5; round += 1) {
      const { Messages = [] } = await nextSqs.send(
        new ReceiveMessageCommand({
          QueueUrl: `${next.sqsEndpoint}/000000000000/jobs`,
          MaxNumberOfMessages: 10,
        }),
      );
      for (const message of Messages) bodies.add(message.Body);
    }
    expect(bodies).toEqual(new Set(ids));
  });

  it('end with it', async () => {
    const host = await startHost(createDataDir(cleanup));
    await kill(host.process);
    await refusesConnections(host.dynamoDbEndpoint);
    await refusesConnections(host.sqsEndpoint);
  });

  it('are ended by the next run when their guard was killed as well', async () => {
    const dataDir = createDataDir(cleanup);
    const host = await startHost(dataDir);
    const guard = parentOf(enginePid(dataDir));
    expect(guard).not.toBe(host.process.pid);
    // The host would end the engine when it sees its guard go, so it is stopped meanwhile.
    host.process.kill('SIGSTOP');
    process.kill(guard, 'SIGKILL');
    await kill(host.process);
    await probe(host.dynamoDbEndpoint);

    const engine = await startDynamoDb({ dataDir, onExit: neverExits });
    cleanup.defer(engine.stop);

    await expect(probe(host.dynamoDbEndpoint)).rejects.toThrow('ECONNREFUSED');
    await probe(engine.endpoint);
  });
});

describe('the data directory', () => {
  it('belongs to one runtime at a time', async () => {
    const dataDir = createDataDir(cleanup);
    const host = await startHost(dataDir);
    const problem = `is in use by process ${host.process.pid}.`;
    await expect(startDynamoDb({ dataDir, onExit: neverExits })).rejects.toThrow(problem);
    await expect(startSqs({ dataDir })).rejects.toThrow(problem);
    await probe(host.dynamoDbEndpoint);
  });

  it('is free again once the engines have stopped', async () => {
    const dataDir = createDataDir(cleanup);
    for (let run = 0; run < 2; run += 1) {
      const dynamoDb = await startDynamoDb({ dataDir, onExit: neverExits });
      const sqs = await startSqs({ dataDir, onExit: neverExits });
      await Promise.all([dynamoDb.stop(), sqs.stop()]);
    }
  });
});

describe('the embedded DynamoDB', () => {
  it('looks its stream records up by an index, from the first start on', async () => {
    const dataDir = createDataDir(cleanup);
    const databasePath = join(dataDir, 'dynamodb', 'tables.sqlite');
    for (let run = 0; run < 2; run += 1) {
      const engine = await startDynamoDb({ dataDir, onExit: neverExits });
      const database = new DatabaseSync(databasePath, { readOnly: true });
      const plan = database
        .prepare(
          'EXPLAIN QUERY PLAN SELECT MAX(CAST(sequence_number AS INTEGER)) ' +
            "FROM _stream_records WHERE table_name = 'Messages'",
        )
        .all();
      database.close();
      expect(JSON.stringify(plan)).toContain('ix_stream');
      await engine.stop();
    }
  });

  it('reports its unexpected end once, with what it was', async () => {
    const dataDir = createDataDir(cleanup);
    const problems: string[] = [];
    const ended = new Promise<void>((resolve) => {
      void startDynamoDb({
        dataDir,
        onExit: (problem) => {
          problems.push(problem);
          resolve();
        },
      }).then((engine) => {
        cleanup.defer(engine.stop);
        process.kill(enginePid(dataDir), 'SIGKILL');
      });
    });
    await ended;
    await cleanup.run();
    expect(problems).toEqual([expect.stringContaining('ended by SIGKILL')]);
  });

  it('does not mistake another server on its port for itself', async () => {
    const other = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    cleanup.defer(() => other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const start = startDynamoDb({ dataDir: createDataDir(cleanup), port, onExit: neverExits });
    await expect(start).rejects.toThrow(/did not start.*already in use/s);
  });

  it('starts nothing when the user names an endpoint, and asks that it answers', async () => {
    const dataDir = createDataDir(cleanup);
    const engine = await startDynamoDb({ dataDir, onExit: neverExits });
    const external = await startDynamoDb({
      dataDir,
      endpoint: engine.endpoint,
      onExit: neverExits,
    });
    expect(external).toMatchObject({ kind: 'external', endpoint: engine.endpoint });
    await external.stop();
    await probe(engine.endpoint);
    await engine.stop();

    const late = startDynamoDb({ dataDir, endpoint: engine.endpoint, onExit: neverExits });
    await expect(late).rejects.toThrow(`answers at ${engine.endpoint}`);
  });

  it('says what to do on a machine that has no such engine', () => {
    expect(() => resolveDynoxideBinary('plan9', 'mips')).toThrow(
      /plan9-mips .*--dynamodb <endpoint>.*DynamoDB Local/,
    );
  });
});
