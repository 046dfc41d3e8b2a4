import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { goThrough } from './go-through.ts';
import { openStage, type Stage } from './stage.ts';
import { BUSY, HOT_ROOM, LATE, TROUBLES } from './troubles.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ metricMinuteMs: 1_000, totalConcurrency: 150 });
}, 90_000);
afterAll(() => stage.close());

describe('an alarm rings, and ends with its cause', () => {
  it.each(TROUBLES)('$alarms: $what', (trouble) => goThrough(trouble, stage));
});

it('is so for every alarm of the template', () => {
  const driven = [...TROUBLES, LATE, BUSY, HOT_ROOM].flatMap(({ alarms }) => alarms);
  const declared = stage.stack.model.alarms.map(({ name }) => name.replace('roomcast-dev-', ''));
  expect(driven.toSorted()).toEqual(declared.toSorted());
});
