import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MetricStore } from '../../local/cloudwatch/metric-store.ts';
import type { GatewayFaults } from '../../local/gateway/faults.ts';
import { type EngineEndpoints, startLocalStack } from '../../local/stack.ts';
import type { StackModel } from '../../local/template/model.ts';
import { readStackModel } from '../../local/template/read-template.ts';
import { changeableApp, temporaryDirectory } from '../support/assembly.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import {
  callerOf,
  grantedRights,
  nameFunctionsInUserAgent,
  type Right,
  rightsFor,
  rightToConnections,
} from '../support/grants.ts';
import { actOut, SECRET } from './grants-scenario.ts';
import { emittedIn, expectAgreement, expectServicesMeasured } from './metric-agreement.ts';
import { expectQueriesToFind } from './query-fields.ts';

/**
 * The local engines know no rights, so a forgotten one would first be noticed on AWS. Here a scenario
 * makes every function do whatever it may have to do, and what it did to tables, queues and
 * connections is compared with what the templates let it do. And what it emitted is compared with what
 * the dashboard and the alarms of the templates look at.
 */

/** What the pollers of the event source mappings do with the function's role, not the function. */
const STREAM_POLLER = ['DescribeStream', 'GetRecords', 'GetShardIterator'];
/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
const ON_FAILURE = {
  queue: (name: string) => [`sqs:SendMessage ${name}`],
  bucket: (name: string) => [`s3:PutObject ${name}/aws/lambda/*`, `s3:ListBucket ${name}`],
};
const QUEUE_POLLER = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
const POLLER_RIGHT =
  /^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams) |^sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes|GetQueueUrl|ChangeMessageVisibility) |^s3:(PutObject|ListBucket) /;

const cleanUps: (() => unknown)[] = [];
const logged: string[] = [];
const performed = new Map<string, Set<Right>>();
let granted: Map<string, Set<Right>>;
let model: StackModel;
let metrics: MetricStore;

/** A minute behind, so that connections are past the grace of their first seconds at once. */
const clock = {
  now: () => Date.now() - 60_000,
  after: (delayMs: number, callback: () => void) => {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

beforeAll(async () => {
  const assembly = await changeableApp();
  const data = temporaryDirectory();
  cleanUps.push(assembly.remove, data.remove);
  nameFunctionsInUserAgent(assembly.path);
  granted = grantedRights(assembly.path);

  const proxies: FaultProxy[] = [];
  cleanUps.push(() => Promise.all(proxies.map((proxy) => proxy.close())));
  let engines: EngineEndpoints = { dynamoDb: '', sqs: '' };
  const interpose = async (found: EngineEndpoints) => {
    engines = found;
    const dynamoDb = await startFaultProxy(found.dynamoDb);
    const sqs = await startFaultProxy(found.sqs);
    proxies.push(dynamoDb, sqs);
    return { dynamoDb: dynamoDb.endpoint, sqs: sqs.endpoint };
  };
  const methods = new Set<string>();
  const observe = (message: unknown) => {
    const { method = '', url = '' } = (message as { request: IncomingMessage }).request;
    if (url.includes('/@connections/')) methods.add(method);
  };
  subscribe('http.server.request.start', observe);
  cleanUps.push(() => unsubscribe('http.server.request.start', observe));
  const problems: string[] = [];
  const faults: GatewayFaults = {};
  const stack = await startLocalStack({
    dataDir: data.path,
    assemblyDir: assembly.path,
    port: 0,
    streamPollMs: 20,
    clock,
    faults,
    interpose,
    // A stop waits for `$disconnect`.
    gatewayLimits: { drainMs: 20_000 },
    onProblem: (problem) => problems.push(problem),
    onLog: (_, line) => logged.push(line),
  });
  cleanUps.push(stack.stop);

  const queueUrl = (name: string) => `${engines.sqs}/000000000000/${name}`;
  model = readStackModel(assembly.path, { queueUrl });
  const names = Object.assign({}, ...model.functions.map(({ environment }) => environment));
  const drain = model.functions.find(({ functionName }) => functionName.endsWith('Drain'));
  await actOut({ stack, engines, names, faults, drainFunctionId: drain?.id ?? '' });
  await stack.stop();
  metrics = stack.cloudWatch.store;

  expect(problems).toEqual([]);
  const { apiId, stageName } = model.webSocketApi;
  const callers = model.functions.filter(({ environment }) => 'MANAGEMENT_ENDPOINT' in environment);
  // Calls to connections do not say who makes them: there must be one who may.
  expect(callers).toHaveLength(1);
  const toConnections = Array.from(methods, (name) => rightToConnections(name, apiId, stageName));
  performed.set(callers[0]?.id ?? '', new Set(toConnections));
  for (const call of proxies.flatMap(({ calls }) => calls)) {
    const rights = performed.get(callerOf(call)) ?? new Set();
    for (const right of rightsFor(call)) rights.add(right);
    performed.set(callerOf(call), rights);
  }
}, 120_000);
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

const without = (rights: Iterable<Right> = [], others: Set<Right> = new Set()) =>
  [...rights].filter((right) => !others.has(right)).toSorted();
const byFunction = (entries: Iterable<[string, string[]]>) =>
  Object.fromEntries([...entries].filter(([, rights]) => rights.length > 0));

describe('the rights of a function', () => {
  it('cover everything that it does to tables, queues and connections', () => {
    const missing = Array.from(performed, ([caller, rights]): [string, string[]] => [
      caller,
      without(rights, granted.get(caller)),
    ]);
    expect(performed.size).toBeGreaterThan(0);
    expect(byFunction(missing)).toEqual({});
  });

  it('cover nothing that it never does', () => {
    const unused = Array.from(granted, ([caller, rights]): [string, string[]] => [
      caller,
      without(rights, performed.get(caller)).filter((right) => !POLLER_RIGHT.test(right)),
    ]);
    expect(byFunction(unused)).toEqual({});
  });

  it('let Lambda poll its streams and set aside what was given up', () => {
    expect(model.streamMappings).not.toEqual([]);
    for (const { functionId, tableId, onFailure } of model.streamMappings) {
      const rights = [...(granted.get(functionId) ?? [])];
      const table = model.tables.find(({ id }) => id === tableId)?.tableName;
      const onStream = rights.filter((right) => right.includes(` ${table}/stream/`));
      const actions = onStream.map((right) => right.split(/[: ]/)[1]);
      expect(actions).toEqual(expect.arrayContaining(STREAM_POLLER));
      if (onFailure === undefined) continue;
      const queue = model.queues.find(({ id }) => id === onFailure.id)?.queueName;
      const bucket = model.buckets.find(({ id }) => id === onFailure.id)?.bucketName;
      const needed = ON_FAILURE[onFailure.kind](queue ?? bucket ?? '');
      expect(rights).toEqual(expect.arrayContaining(needed));
    }
  });

  it('let Lambda poll its queues', () => {
    expect(model.queueMappings).not.toEqual([]);
    for (const { functionId, queueId } of model.queueMappings) {
      const queue = model.queues.find(({ id }) => id === queueId)?.queueName;
      const needed = QUEUE_POLLER.map((action) => `sqs:${action} ${queue}`);
      expect([...(granted.get(functionId) ?? [])]).toEqual(expect.arrayContaining(needed));
    }
  });
});

describe('the dashboard and the alarms', () => {
  it('look at the metrics that the functions emit, and at all of them', async () => {
    expectAgreement(await emittedIn(logged));
  });

  it('look at metrics of services that the local run measures, and at all of them', () => {
    expectServicesMeasured(model, metrics);
  });
});

describe('the saved queries', () => {
  it('ask for fields that the lines of the log have', () => {
    expectQueriesToFind(logged);
  });
});

describe('the log', () => {
  const linesOf = (...messages: string[]) =>
    logged
      .map((line): Record<string, unknown> => JSON.parse(line))
      .filter(({ message }) => messages.includes(String(message)));

  it('has no text of a message, nor its data', () => {
    expect(logged.length).toBeGreaterThan(50);
    expect(logged.filter((line) => line.includes(SECRET))).toEqual([]);
  });

  it('names the room and the numbers of what is stored, fanned out and delivered', () => {
    const seqs = [expect.any(Number), expect.any(Number)];
    const stored = linesOf('stored');
    expect(stored.length).toBeGreaterThan(3);
    for (const line of stored) {
      const ids = {
        roomId: expect.any(String),
        seq: expect.any(Number),
        messageId: expect.any(String),
      };
      expect(line).toMatchObject(ids);
    }
    const passedOn = linesOf(
      'room fanned out',
      'left to a flush',
      'room flushed',
      'part fanned out',
      'job delivered',
    );
    expect(new Set(passedOn.map(({ message }) => message)).size).toBe(5);
    for (const line of passedOn) expect(line).toMatchObject({ roomId: expect.any(String), seqs });
    // Of jobs that are no messages, and of one that fan-out has not made, there are only the rooms.
    for (const line of linesOf('recipients given up', 'recipients lost')) {
      expect(line).toMatchObject({ roomId: 'red' });
    }
  });
});
