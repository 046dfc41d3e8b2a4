import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StackModel } from '../../../../local/template/model.ts';
import { readStackModel } from '../../../../local/template/read-template.ts';
import { synthesize } from '../../../../local/template/synth.ts';
import { environments, type FunctionName, readEnvironment } from '../../../../services/env.ts';
import { type Assembly, synthesizedApp, temporaryDirectory } from '../../../support/assembly.ts';

/** About a second on a quiet machine. */
const SYNTHESIS_TIMEOUT_MS = 120_000;

let app: Assembly | undefined;
let model: StackModel;

beforeAll(async () => {
  app = await synthesizedApp();
  model = readStackModel(app.path);
}, SYNTHESIS_TIMEOUT_MS);

afterAll(() => app?.remove());

const nameOf = (functionId: string | undefined) =>
  model.functions.find(({ id }) => id === functionId)?.functionName;

describe('the deployed app, read back', () => {
  it('has its tables and queues', () => {
    expect(model.tables.map(({ tableName }) => tableName).sort()).toEqual([
      'Connections',
      'Memberships',
      'Messages',
      'Receipts',
      'Rooms',
    ]);
    expect(model.queues.map(({ queueName }) => queueName).sort()).toEqual([
      'MessagesDeliveryDlq',
      'MessagesDeliveryQueue',
      'MessagesFanOutDlq',
      'MessagesFlushDlq',
      'MessagesFlushQueue',
    ]);
  });

  it('tells what a deployment tells at its end', () => {
    expect(model.outputs).toMatchObject({
      DeliveryDlqUrl: expect.stringMatching(/MessagesDeliveryDlq$/),
      GivenUpBucketName: model.buckets[0]?.bucketName,
      FanOutFunctionName: 'MessagesFanOut',
    });
    expect(Object.keys(model.outputs)).not.toContainEqual(expect.stringMatching(/^ExportsOutput/));
  });

  it('gives every function the environment that it will parse at its start', () => {
    expect(model.functions).toHaveLength(Object.keys(environments).length);
    for (const { environment } of model.functions) {
      const name = environment.POWERTOOLS_SERVICE_NAME as FunctionName;
      expect(() => readEnvironment(name, environment)).not.toThrow();
    }
  });

  it('bundles every function into a module that loads by itself and exports its handler', async () => {
    const expected = model.functions.map(({ modulePath, exportName }) => [modulePath, exportName]);
    const script = `
      for (const [modulePath, exportName] of ${JSON.stringify(expected)}) {
        const module = await import(modulePath);
        if (typeof module[exportName] !== 'function') throw new Error(modulePath);
      }`;
    const env = Object.assign({}, ...model.functions.map(({ environment }) => environment));
    // A folder far from any node_modules, and no variable but those of the template and Lambda's own.
    const loading = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: app?.path,
      env: { ...env, AWS_REGION: 'us-east-1' },
    });
    await expect(loading).resolves.toBeDefined();
  });

  it('leads a message from send to its members: stream, fan-out, flush if need be, queue, deliver', () => {
    const [fromStream] = model.streamMappings;
    const [fromFlushQueue, fromQueue] = model.queueMappings;
    const idOf = (entries: { id: string }[], start: string) =>
      entries.find(({ id }) => id.startsWith(start))?.id;

    expect(fromStream?.tableId).toBe(idOf(model.tables, 'Messages'));
    expect(nameOf(fromStream?.functionId)).toBe('MessagesFanOut');
    expect(fromStream?.onFailure).toEqual({
      kind: 'bucket',
      id: idOf(model.buckets, 'MessagesGivenUp'),
    });
    expect(fromFlushQueue?.queueId).toBe(idOf(model.queues, 'MessagesFlushQueue'));
    expect(nameOf(fromFlushQueue?.functionId)).toBe('MessagesFlushFunction');
    expect(fromQueue?.queueId).toBe(idOf(model.queues, 'MessagesDeliveryQueue'));
    expect(nameOf(fromQueue?.functionId)).toBe('MessagesDeliver');
  });

  it('serves one function over the socket and over HTTP', () => {
    const overSocket = model.webSocketApi.routes.find(({ routeKey }) => routeKey === 'send');
    const overHttp = model.httpApi.routes.find(({ routeKey }) => routeKey.startsWith('PUT'));
    expect(overSocket?.functionId).toBe(overHttp?.functionId);
    expect(nameOf(overHttp?.functionId)).toBe('MessagesSend');
  });

  it('leaves the address of the management API as AWS would give it, for the runtime to redirect', () => {
    const deliver = model.functions.find(({ functionName }) => functionName === 'MessagesDeliver');
    expect(deliver?.environment.MANAGEMENT_ENDPOINT).toBe(
      `https://${model.webSocketApi.apiId}.execute-api.us-east-1.amazonaws.com/live`,
    );
  });
});

it('says what the app said when it fails', async () => {
  const { path: outDir, remove } = temporaryDirectory();
  await expect(synthesize({ outDir, context: { stage: 'x' } })).rejects.toThrow(
    'could not be synthesised. The deployment context is wrong. stage: ',
  );
  remove();
});
