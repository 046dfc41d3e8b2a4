import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StackModel, TableModel } from '../../../local/template/model.ts';
import { readStackModel } from '../../../local/template/read-template.ts';
import { synthesizedApp } from '../../support/assembly.ts';
import {
  FLUSH_MAPPING,
  FLUSH_VISIBILITY_TIMEOUT_MS,
  POSTS_PER_SECOND,
  QUEUE_MAPPING,
  QUEUE_MODELS,
  STREAM_MAPPING,
  TABLE_MODELS,
  TIMEOUTS_MS,
  VISIBILITY_TIMEOUT_MS,
  WEB_SOCKET_API,
} from './deployment.ts';

const SYNTHESIS_TIMEOUT_MS = 120_000;

let app: { path: string; remove: () => void } | undefined;
let model: StackModel;

beforeAll(async () => {
  app = await synthesizedApp();
  model = readStackModel(app.path);
}, SYNTHESIS_TIMEOUT_MS);

afterAll(() => app?.remove());

/** A function by the name that `services/env.ts` has for it. */
function functionOf(name: string) {
  const found = model.functions.find(
    ({ environment }) => environment.POWERTOOLS_SERVICE_NAME === name,
  );
  if (found === undefined) throw new Error(`The template has no function ${name}.`);
  return found;
}

describe('the simulated deployment is the synthesised one', () => {
  it.each(Object.entries(TIMEOUTS_MS))('%s may run for %d ms', (name, timeoutMs) => {
    expect(functionOf(name).timeoutMs).toBe(timeoutMs);
  });

  it('has the same routes', () => {
    const routes = WEB_SOCKET_API.routes.map(({ functionId, ...route }) => ({
      ...route,
      functionId: functionOf(functionId).id,
    }));
    const deployed = model.webSocketApi.routes.map(({ authorizer: _, ...route }) => route);
    expect(deployed).toEqual(expect.arrayContaining(routes));
    expect(model.webSocketApi.routeSelectionExpression).toBe(
      WEB_SOCKET_API.routeSelectionExpression,
    );
  });

  it('reads the stream in the same way', () => {
    const {
      id: _,
      uuid: __,
      tableId: ___,
      functionId,
      onFailure: ____,
      ...settings
    } = STREAM_MAPPING;
    const { id } = functionOf(functionId);
    const mapping = model.streamMappings.find((candidate) => candidate.functionId === id);
    expect(mapping).toMatchObject(settings);
  });

  it.each([
    { mappingOf: QUEUE_MAPPING, visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS },
    { mappingOf: FLUSH_MAPPING, visibilityTimeoutMs: FLUSH_VISIBILITY_TIMEOUT_MS },
  ])('reads the queue of $mappingOf.functionId in the same way', (simulated) => {
    const { id: _, queueId: __, functionId, ...settings } = simulated.mappingOf;
    const { id } = functionOf(functionId);
    const mapping = model.queueMappings.find((candidate) => candidate.functionId === id);
    expect(mapping).toMatchObject(settings);

    const queue = model.queues.find((candidate) => candidate.id === mapping?.queueId);
    const redriveOf = (attributes: Record<string, string> | undefined) =>
      JSON.parse(attributes?.RedrivePolicy ?? '{}').maxReceiveCount;
    expect(Number(queue?.attributes.VisibilityTimeout)).toBe(simulated.visibilityTimeoutMs / 1_000);
    expect(redriveOf(queue?.attributes)).toBe(redriveOf(QUEUE_MODELS[0]?.attributes));
  });

  it('posts at the same pace', () => {
    expect(functionOf('deliver').environment.POSTS_PER_SECOND).toBe(String(POSTS_PER_SECOND));
  });

  it('has the same tables', () => {
    const essence = ({ tableName, key, streamView, ttlAttribute }: TableModel) => ({
      tableName,
      key,
      streamView,
      ttlAttribute,
    });
    const byName = (a: { tableName: string }, b: { tableName: string }) =>
      a.tableName < b.tableName ? -1 : 1;
    expect(TABLE_MODELS.map(essence).sort(byName)).toEqual(model.tables.map(essence).sort(byName));
  });
});
