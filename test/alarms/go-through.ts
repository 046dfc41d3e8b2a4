import type { Stage } from './stage.ts';
import type { Trouble } from './troubles.ts';

/** From quiet into trouble and back; resolves when all of its alarms have rung and are over. */
export async function goThrough({ alarms, begin }: Trouble, stage: Stage): Promise<void> {
  await stage.calm();
  const end = await begin(stage);
  await Promise.all(alarms.map((alarm) => stage.reaches(alarm, 'ALARM')));
  await end();
  await Promise.all(alarms.map((alarm) => stage.reaches(alarm, 'OK')));
}
