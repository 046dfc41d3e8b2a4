import * as z from 'zod/mini';
import type { OpsAlarms, OpsDashboard, OpsSeriesData } from '../../contract.ts';

// The page's policy forbids compiled code, and the browser would log the attempt.
z.config({ jitless: true });

const placed = {
  id: z.string(),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
};

const series = z.object({
  id: z.string(),
  label: z.string(),
  color: z.exactOptional(z.string()),
  description: z.string(),
});

const axis = z.object({
  min: z.exactOptional(z.number()),
  max: z.exactOptional(z.number()),
  label: z.exactOptional(z.string()),
});

const widget = z.discriminatedUnion('kind', [
  z.object({ ...placed, kind: z.literal('text'), markdown: z.string() }),
  z.object({
    ...placed,
    kind: z.literal('alarms'),
    title: z.string(),
    alarmNames: z.array(z.string()),
  }),
  z.object({
    ...placed,
    kind: z.literal('graph'),
    title: z.string(),
    periodSeconds: z.number(),
    stacked: z.boolean(),
    left: z.array(series),
    right: z.array(series),
    leftAxis: axis,
    rightAxis: axis,
    lines: z.array(z.object({ value: z.number(), label: z.string() })),
  }),
]);

export const dashboardSchema: z.ZodMiniType<OpsDashboard> = z.object({
  name: z.string(),
  stage: z.string(),
  region: z.string(),
  widgets: z.array(widget),
});

export const seriesDataSchema: z.ZodMiniType<OpsSeriesData> = z.object({
  now: z.number(),
  series: z.record(z.string(), z.array(z.tuple([z.number(), z.number()]))),
});

export const alarmsSchema: z.ZodMiniType<OpsAlarms> = z.object({
  alarms: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['metric', 'composite']),
      description: z.string(),
      runbook: z.exactOptional(z.string()),
      state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
      since: z.number(),
      reason: z.string(),
    }),
  ),
});
