import { afterAll, beforeAll, it } from '@jest/globals';
import { goThrough } from './go-through.ts';
import { aJob, keepOn, openStage, type Stage } from './stage.ts';
import { LATE } from './troubles.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ metricMinuteMs: 1_000 });
}, 90_000);
afterAll(() => stage.close());

it(`${LATE.alarms.join()}: ${LATE.what}`, async () => {
  const cat = await stage.visit('cat');
  const stop = keepOn(200, () => stage.enqueue(aJob({ connectionIds: [cat.connectionId] })));
  // Once enough has been seen to say what is usual.
  await stage.reaches('delivery-unusually-slow', 'OK');
  await goThrough(LATE, stage);
  stop();
});
