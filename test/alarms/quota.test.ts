import { afterAll, beforeAll, it } from '@jest/globals';
import { goThrough } from './go-through.ts';
import { openStage, type Stage } from './stage.ts';
import { BUSY } from './troubles.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ metricMinuteMs: 3_000 });
}, 90_000);
afterAll(() => stage.close());

it(`${BUSY.alarms}: ${BUSY.what}`, () => goThrough(BUSY, stage));
