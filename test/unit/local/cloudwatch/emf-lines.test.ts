import { describe, expect, it } from '@jest/globals';
import { createEmfReader } from '../../../../local/cloudwatch/emf-lines.ts';
import { createMetricStore } from '../../../../local/cloudwatch/metric-store.ts';
import { aCalendar, aMetricQuery, START_MS } from './metric-fixtures.ts';

const queries = [aMetricQuery('sends'), aMetricQuery('latency', 'p99')];

function setUp() {
  const { calendar } = aCalendar();
  const store = createMetricStore(queries, calendar);
  const problems: string[] = [];
  const read = createEmfReader(store, (problem) => problems.push(problem));
  const values = () =>
    queries.map((query) => [...store.read(query, store.gridSince(undefined, 60))].at(-1));
  return { read, problems, values };
}

const aLine = (fields: Record<string, unknown>, names = Object.keys(fields)) =>
  JSON.stringify({
    _aws: {
      Timestamp: START_MS,
      CloudWatchMetrics: [
        {
          Namespace: 'Test',
          Dimensions: [['service']],
          Metrics: names.map((Name) => ({ Name, Unit: 'Count' })),
        },
      ],
    },
    service: 'send',
    ...fields,
  });

describe('lines of metrics', () => {
  it('give one value, or one for each in a list', () => {
    const { read, problems, values } = setUp();
    read('send', aLine({ sends: 2, latency: [5, 90, 7] }));
    read('send', aLine({ sends: 3 }));
    expect(values()).toEqual([5, 90]);
    expect(problems).toEqual([]);
  });

  it('are told from others, that only mention what marks them as well', () => {
    const { read, problems, values } = setUp();
    for (const line of [
      '',
      'plain',
      '{"level":"INFO"}',
      'said "_aws"',
      '{"message":"\\"_aws\\""}',
    ]) {
      read('send', line);
    }
    expect(values()).toEqual([Number.NaN, Number.NaN]);
    expect(problems).toEqual([]);
  });

  it('that CloudWatch would not accept are told, by what is wrong', () => {
    const { read, problems } = setUp();
    read('send', '{"_aws":{"Timestamp":"today","CloudWatchMetrics":[]}}');
    read('send', aLine({ sends: 'two' }));
    read('send', aLine({}, ['sends']));
    expect(problems).toEqual([
      expect.stringMatching(/^send wrote metrics that CloudWatch would not accept\. .*Timestamp/),
      'send wrote the metric sends without a number.',
      'send wrote the metric sends without a number.',
    ]);
  });
});
