import { describe, expect, it } from '@jest/globals';
import { createMetricStore } from '../../../../local/cloudwatch/metric-store.ts';
import { aCalendar, aMetric, aMetricQuery, MINUTE_MS, START_MS } from './metric-fixtures.ts';

const sends = aMetricQuery('sends');

function aStore(minuteMs?: number) {
  const { calendar, passMinutes } = aCalendar(minuteMs);
  const store = createMetricStore([sends], calendar);
  const read = (periodSeconds = 60) => [
    ...store.read(sends, store.gridSince(undefined, periodSeconds)),
  ];
  return { store, passMinutes, read, record: store.recorder(sends.metric) };
}

describe('the store of metrics', () => {
  it('has a value for each period, the running one too, and none where nothing was measured', () => {
    const { read, record, passMinutes } = aStore();
    record(2);
    record(3);
    passMinutes(2);
    record(4);
    expect(read()).toEqual([5, Number.NaN, 4]);
  });

  it('puts a value into the period of its own time', () => {
    const { read, record, passMinutes } = aStore();
    passMinutes(1.5);
    record(7, { atMs: START_MS + 59_999 });
    record(1, { times: 3 });
    expect(read()).toEqual([7, 3]);
  });

  it('makes longer periods of minutes', () => {
    const { store, record, passMinutes } = aStore();
    for (const value of [1, 2, 3]) {
      record(value);
      passMinutes(1);
    }
    const average = aMetricQuery('sends', 'Average');
    const grid = { fromMs: START_MS, periodSeconds: 120, length: 2 };
    expect([...store.read(average, grid)]).toEqual([1.5, 3]);
    expect([...store.read(sends, grid)]).toEqual([3, 3]);
  });

  it('forgets what is older than three hours', () => {
    const { store, read, record, passMinutes } = aStore();
    for (let minute = 0; minute < 200; minute += 1) {
      record(minute);
      passMinutes(1);
    }
    const values = read();
    expect(values).toHaveLength(180);
    expect(values[0]).toBe(21);
    record(1, { atMs: START_MS });
    expect(store.gridSince(0, 60).fromMs).toBe(START_MS + 21 * MINUTE_MS);
  });

  it('has shorter minutes where a test wants them', () => {
    const { read, record, passMinutes } = aStore(100);
    record(1);
    passMinutes(1);
    record(2);
    expect(read()).toEqual([1, 2]);
  });

  it('takes nothing of a metric that nobody looks at', () => {
    const { store, read } = aStore();
    store.recorder(aMetric('receipts'))(1);
    expect(store.recorded()).toEqual([]);
    expect(read()).toEqual([Number.NaN]);
    store.recorder({ ...sends.metric, dimensions: { service: 'join' } })(1);
    expect(read()).toEqual([Number.NaN]);
  });

  it('knows the earliest period that has changed since', () => {
    const { store, record, passMinutes } = aStore();
    record(1);
    passMinutes(3);
    record(1);
    expect(store.earliestChangeAfter(START_MS + MINUTE_MS)).toBe(START_MS + 3 * MINUTE_MS);
    record(1, { atMs: START_MS });
    expect(store.earliestChangeAfter(START_MS + MINUTE_MS)).toBe(START_MS);
    expect(store.earliestChangeAfter(START_MS + 3 * MINUTE_MS)).toBeUndefined();
  });
});
