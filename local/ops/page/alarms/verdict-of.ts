import type { OpsAlarm } from '../../contract.ts';

/** `alarm`: people wait. `watch`: something rings that can wait. `unknown`: nobody can tell. */
export type Mood = 'good' | 'watch' | 'alarm' | 'unknown';

export interface Verdict {
  mood: Mood;
  title: string;
  detail: string;
}

/** Is it up? As the alarms that call somebody say, which are the composite ones. */
export function verdictOf(alarms: readonly OpsAlarm[]): Verdict {
  const pages = alarms.filter(({ kind }) => kind === 'composite');
  const others = alarms.filter(({ kind }) => kind === 'metric');
  const ringing = others.filter(({ state }) => state === 'ALARM');
  const detail = `${ringing.length} of ${others.length} alarms ring.`;
  const page = pages.find(({ state }) => state === 'ALARM');
  if (page !== undefined) return { mood: 'alarm', title: page.description, detail };
  if (pages.length === 0 || pages.some(({ state }) => state === 'INSUFFICIENT_DATA')) {
    return { mood: 'unknown', title: 'It cannot be told yet.', detail };
  }
  if (ringing.length > 0) return { mood: 'watch', title: 'It is up, and asks for a look.', detail };
  return { mood: 'good', title: 'It is up.', detail: `None of ${others.length} alarms rings.` };
}
