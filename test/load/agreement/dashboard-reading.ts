import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';

/** Everything that the graphs of `/ops` show at one moment. */
export interface DashboardReading {
  /** Of the stack, in milliseconds since the epoch. */
  now: number;
  graphs: GraphReading[];
}

export interface GraphReading {
  title: string;
  series: { label: string; points: [startMs: number, value: number][] }[];
}

/** What of `local/ops/contract.ts` is needed here. */
const seriesSchema = z.object({ id: z.string(), label: z.string() });
const dashboardSchema = z.object({
  widgets: z.array(
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('graph'),
        title: z.string(),
        left: z.array(seriesSchema),
        right: z.array(seriesSchema),
      }),
      z.object({ kind: z.literal('text') }),
      z.object({ kind: z.literal('alarms') }),
    ]),
  ),
});
const dataSchema = z.object({
  now: z.number(),
  series: z.record(z.string(), z.array(z.tuple([z.number(), z.number()]))),
});

/** How long nothing may happen: presence gathers for a second, then it travels. */
const STILL_MS = 2_500;
const POLL_MS = 500;
const PATIENCE_MS = 20_000;
const READ_TIMEOUT_MS = 10_000;

/**
 * Undefined of a stack that has no `/ops`, which only those on this machine have. Waits until the
 * stack has come to rest, for a while at most: what is under way is in nobody's figures yet.
 *
 * @param url `ws://127.0.0.1:8787/live`
 * @throws also when the signal says that nobody waits any longer
 */
export async function readDashboard(
  url: string,
  signal: AbortSignal,
): Promise<DashboardReading | undefined> {
  const { hostname, port } = new URL(url);
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return undefined;
  const data = `http://${hostname}:${port}/ops/data`;
  const drawn = await get(`${data}/dashboard`);
  if (drawn === undefined) return undefined;
  const { widgets } = dashboardSchema.parse(drawn);

  const givenUpAt = performance.now() + PATIENCE_MS;
  let reading = await read();
  let stillSince = performance.now();
  while (performance.now() - stillSince < STILL_MS && performance.now() < givenUpAt) {
    await delay(POLL_MS, undefined, { signal });
    const next = await read();
    if (work(next) !== work(reading)) stillSince = performance.now();
    reading = next;
  }
  return reading;

  async function read(): Promise<DashboardReading> {
    const { now, series } = dataSchema.parse(await get(`${data}/series`));
    const graphs = widgets.flatMap((widget) =>
      widget.kind === 'graph'
        ? {
            title: widget.title,
            series: [...widget.left, ...widget.right].map(({ id, label }) => ({
              label,
              points: series[id] ?? [],
            })),
          }
        : [],
    );
    return { now, graphs };
  }
}

async function get(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(READ_TIMEOUT_MS) });
  return response.ok ? response.json() : undefined;
}

/** Graphs that only move when somebody does something. */
const OF_WORK = /^(Connections|Messages|Deliveries|Posts) /;

const work = ({ graphs }: DashboardReading): string =>
  JSON.stringify(graphs.filter(({ title }) => OF_WORK.test(title)));
