import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { METRICS, type MetricDefinition } from '../../../../shared/domain/metrics.ts';
import { createMetrics } from '../../../../shared/lambda/powertools-metrics.ts';
import { captureStdout } from '../../../support/stdout.ts';

let stdout: ReturnType<typeof captureStdout>;
const { env } = process;

beforeEach(() => {
  process.env = { ...env, POWERTOOLS_METRICS_NAMESPACE: 'Roomcast/dev' };
  stdout = captureStdout();
});
afterEach(() => {
  process.env = env;
  jest.restoreAllMocks();
});

const blobs = () => stdout.lines().map((line) => JSON.parse(line));

describe('metrics', () => {
  it('count the start of the environment, before anything else happens', () => {
    createMetrics('ping');

    expect(blobs()).toMatchObject([{ service: 'ping', coldStarts: 1 }]);
  });

  it('are one line per call, with the function as the only dimension', () => {
    const metrics = createMetrics('fanOut');
    stdout.clear();
    metrics.emit({ messages: 3, members: [2, 5] });

    expect(blobs()).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: 'Roomcast/dev',
              Dimensions: [['service']],
              Metrics: [
                { Name: 'messages', Unit: 'Count' },
                { Name: 'members', Unit: 'Count' },
              ],
            },
          ],
        },
        service: 'fanOut',
        messages: 3,
        members: [2, 5],
      },
    ]);
  });

  it('are silent about zeros, and altogether when there is nothing else', () => {
    const metrics = createMetrics('fanOut');
    stdout.clear();
    metrics.emit({ messages: 0, members: [] });
    expect(stdout.lines()).toEqual([]);
    metrics.emit({ messages: 0, jobs: 1, members: [0] });

    expect(blobs()).toMatchObject([{ jobs: 1, members: 0 }]);
    expect(blobs()[0]).not.toHaveProperty('messages');
  });

  it.each([99, 100, 101, 1_000])('lose none of %i values, a hundred to a line', (total) => {
    const metrics = createMetrics('deliver');
    stdout.clear();
    const deliveryLatency = Array.from({ length: total }, (_, index) => index);
    metrics.emit({ jobs: 10, deliveryLatency, gone: 1 });

    const emitted = blobs();
    expect(emitted.flatMap((blob) => blob.deliveryLatency ?? [])).toEqual(deliveryLatency);
    expect(emitted.flatMap(({ jobs = [] }) => jobs)).toEqual([10]);
    expect(emitted.flatMap(({ gone = [] }) => gone)).toEqual([1]);
    for (const { deliveryLatency: values = [] } of emitted) {
      expect([values].flat().length).toBeLessThanOrEqual(100);
    }
  });

  it('know the unit of each', () => {
    const metrics = createMetrics('deliver');
    stdout.clear();
    metrics.emit({ deliveryLatency: [1], postsPerSecond: 571 });

    expect(blobs()[0]._aws.CloudWatchMetrics[0].Metrics).toEqual([
      { Name: 'deliveryLatency', Unit: 'Milliseconds' },
      { Name: 'postsPerSecond', Unit: 'Count/Second' },
    ]);
  });

  it('are described, each by what one of it means', () => {
    const definitions: MetricDefinition[] = Object.values(METRICS).flatMap((metrics) =>
      Object.values(metrics),
    );
    for (const { meaning } of definitions) expect(meaning).toMatch(/^[a-z].{10,}[^.]$/);
  });
});
