import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CloudWatch, startCloudWatch } from '../../../../local/cloudwatch/cloudwatch.ts';
import { createOpsApi } from '../../../../local/ops/ops-api.ts';
import type { StackModel } from '../../../../local/template/model.ts';
import { aMetricQuery, anExpression, MINUTE_MS, START_MS } from '../cloudwatch/metric-fixtures.ts';
import { createFakeClock } from '../events/fake-clock.ts';
import { createAssemblies } from '../template/read-fixture.ts';

const placed = { x: 0, y: 0, width: 12, height: 6 };
const clock = createFakeClock(START_MS);
let cloudWatch: CloudWatch;
let server: Server;

const { read, removeAll } = createAssemblies();
const model: StackModel = {
  ...read(),
  dashboards: [
    {
      name: 'chat-dev',
      widgets: [
        { ...placed, kind: 'text', markdown: '## Is it up?' },
        { ...placed, kind: 'alarms', title: 'Alarms', alarmNames: ['failing'] },
        {
          ...placed,
          kind: 'graph',
          title: 'Sends',
          periodSeconds: 60,
          stacked: false,
          lines: [
            { query: anExpression('sends * 2'), axis: 'left', hidden: false, color: '#123456' },
            { query: aMetricQuery('sends'), axis: 'right', hidden: false },
            { query: aMetricQuery('secret'), axis: 'left', hidden: true },
          ],
          axes: { left: { min: 0 }, right: {} },
          limits: [{ value: 9, label: 'failing' }],
        },
      ],
    },
  ],
  alarms: [
    {
      kind: 'metric',
      name: 'failing',
      arn: 'arn:failing',
      description: 'It fails. Runbook: https://wiki.example/runbook#failing',
      queries: [aMetricQuery('sends')],
      watched: 'sends',
      limit: { kind: 'threshold', comparison: 'GreaterThanThreshold', value: 9 },
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
    },
  ],
};

beforeAll(async () => {
  cloudWatch = startCloudWatch({ model, clock, onProblem: () => {} });
  const serve = createOpsApi(cloudWatch, model);
  server = createServer((request, response) => {
    if (!serve(request, response)) response.writeHead(418).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(() => {
  cloudWatch.stop();
  server.close();
  removeAll();
});

/** Any of the answers. */
interface Answer {
  series: Record<string, [number, number][]>;
  alarms: unknown[];
  message: string;
}

async function get(path: string, method = 'GET') {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  const body = (await response.json().catch(() => ({}))) as Answer;
  return { status: response.status, body };
}

describe('the figures of /ops', () => {
  it('begin with what is drawn', async () => {
    const { body } = await get('/ops/data/dashboard');
    expect(body).toEqual({
      name: 'chat-dev',
      stage: 'dev',
      region: 'us-east-1',
      widgets: [
        { id: 'widget-0', ...placed, kind: 'text', markdown: '## Is it up?' },
        { id: 'widget-1', ...placed, kind: 'alarms', title: 'Alarms', alarmNames: ['failing'] },
        {
          id: 'widget-2',
          ...placed,
          kind: 'graph',
          title: 'Sends',
          periodSeconds: 60,
          stacked: false,
          left: [{ id: 'graph-2-0', label: 'e1', color: '#123456', description: 'sends * 2' }],
          right: [{ id: 'graph-2-1', label: 'sends', description: 'Test sends service=send Sum' }],
          leftAxis: { min: 0 },
          rightAxis: {},
          lines: [{ value: 9, label: 'failing' }],
        },
      ],
    });
  });

  it('are those of every visible line, the running period too, and then what has changed', async () => {
    const record = cloudWatch.store.recorder(aMetricQuery('sends').metric);
    record(4);
    await clock.advance(2 * MINUTE_MS);
    record(10);
    const { body } = await get('/ops/data/series');
    const later = START_MS + 2 * MINUTE_MS;
    expect(body).toEqual({
      now: later,
      series: {
        'graph-2-0': [
          [START_MS, 8],
          [later, 20],
        ],
        'graph-2-1': [
          [START_MS, 4],
          [later, 10],
        ],
      },
    });
    record(1);
    await clock.advance(1_000);
    const since = await get(`/ops/data/series?since=${later}`);
    expect(since.body.series['graph-2-1']).toEqual([[later, 11]]);
    record(1, { atMs: START_MS });
    const corrected = await get(`/ops/data/series?since=${later}`);
    expect(corrected.body.series['graph-2-1']).toEqual([
      [START_MS, 5],
      [later, 11],
    ]);
  });

  it('have the alarms, with their entry in the runbook', async () => {
    await clock.advance(1.1 * MINUTE_MS);
    const { body } = await get('/ops/data/alarms');
    expect(body.alarms).toEqual([
      {
        name: 'failing',
        kind: 'metric',
        description: 'It fails.',
        runbook: 'https://wiki.example/runbook#failing',
        state: 'ALARM',
        since: START_MS + 3 * MINUTE_MS + MINUTE_MS / 20,
        reason: '1 of the last 1 datapoints above 9: 11 (1 of 1 make it ring).',
      },
    ]);
  });

  it.each([
    { path: '/ops/data/series?since=yesterday', status: 400, word: 'since must be milliseconds' },
    { path: '/ops/data/costs', status: 404, word: 'There is /ops/data/dashboard' },
  ])('answers $path with $status', async ({ path, status, word }) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.body.message).toContain(word);
  });

  it('are only read, and leave other paths to others', async () => {
    expect((await get('/ops/data/alarms', 'POST')).status).toBe(405);
    expect((await get('/ops/data/alarms', 'HEAD')).status).toBe(200);
    expect((await get('/ops')).status).toBe(418);
    expect((await get('//')).status).toBe(418);
  });
});
