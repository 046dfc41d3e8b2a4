import { afterAll, beforeAll, it } from '@jest/globals';
import { goThrough } from './go-through.ts';
import { openStage, type Stage } from './stage.ts';
import { HOT_ROOM } from './troubles.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ metricMinuteMs: 10_000 });
}, 90_000);
afterAll(() => stage.close());

it(`${HOT_ROOM.alarms}: ${HOT_ROOM.what}`, () => goThrough(HOT_ROOM, stage));
