import { createState, type State } from '../../../../client/web/store/state.ts';
import type { OpsAlarm, OpsAlarms, OpsDashboard, OpsSeriesData } from '../../contract.ts';
import { mergeSeries, type SeriesById } from './merge-series.ts';

export interface OpsState {
  /** Absent until the stack has answered once. */
  shown?: Shown;
  /** The stack does not answer: since when, and what happened. */
  lost?: { since: number; problem: string };
}

/** What the stack said last. */
export interface Shown {
  dashboard: OpsDashboard;
  alarms: OpsAlarm[];
  series: SeriesById;
  now: number;
}

/** The three questions of the page. @throws Error when there is no answer, or not the one it knows. */
export interface OpsApi {
  dashboard(signal: AbortSignal): Promise<OpsDashboard>;
  series(since: number | undefined, signal: AbortSignal): Promise<OpsSeriesData>;
  alarms(signal: AbortSignal): Promise<OpsAlarms>;
}

export interface LiveData extends Pick<State<OpsState>, 'get' | 'subscribe'> {
  /** Asks now and then every `everyMs`, until what is returned is called. */
  run(): () => void;
}

export interface LiveDataOptions {
  api: OpsApi;
  clock: { now(): number; after(ms: number, run: () => void): () => void };
  everyMs: number;
  /** How far back points are kept. */
  keepMs: number;
}

/**
 * Keeps up with the stack. After an answer that failed to come everything is asked for anew, since a
 * stack that was started again has another memory, and perhaps another template.
 */
export function createLiveData({ api, clock, everyMs, keepMs }: LiveDataOptions): LiveData {
  const state = createState<OpsState>({});

  async function ask(signal: AbortSignal): Promise<Shown> {
    const { shown, lost } = state.get();
    const known = lost === undefined ? shown : undefined;
    const [dashboard, { now, series }, { alarms }] = await Promise.all([
      known?.dashboard ?? api.dashboard(signal),
      api.series(known?.now, signal),
      api.alarms(signal),
    ]);
    return {
      dashboard,
      alarms,
      now,
      series: mergeSeries(known?.series ?? {}, series, now - keepMs),
    };
  }

  function run(): () => void {
    const stopped = new AbortController();
    let cancel = () => {};
    const again = async () => {
      try {
        const shown = await ask(stopped.signal);
        if (!stopped.signal.aborted) state.set({ shown });
      } catch (error) {
        if (stopped.signal.aborted) return;
        const { lost, shown } = state.get();
        const problem = error instanceof Error ? error.message : String(error);
        state.set({
          ...(shown && { shown }),
          lost: { since: lost?.since ?? clock.now(), problem },
        });
      }
      if (!stopped.signal.aborted) cancel = clock.after(everyMs, again);
    };
    void again();
    return () => {
      stopped.abort();
      cancel();
    };
  }

  return { get: state.get, subscribe: state.subscribe, run };
}
