import type * as z from 'zod/mini';
import type { OpsApi } from './live-data.ts';
import { alarmsSchema, dashboardSchema, seriesDataSchema } from './read-data.ts';

/** A stack that takes longer is as good as stopped. */
const PATIENCE_MS = 5_000;

export const httpApi: OpsApi = {
  dashboard: (signal) => get('dashboard', dashboardSchema, signal),
  series: (since, signal) =>
    get(since === undefined ? 'series' : `series?since=${since}`, seriesDataSchema, signal),
  alarms: (signal) => get('alarms', alarmsSchema, signal),
};

async function get<T>(path: string, schema: z.ZodMiniType<T>, signal: AbortSignal): Promise<T> {
  const response = await fetch(`/ops/data/${path}`, {
    cache: 'no-store',
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
  });
  if (!response.ok) throw new Error(`/ops/data/${path} answers ${response.status}.`);
  const parsed = schema.safeParse(await response.json());
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`/ops/data/${path}: ${issue?.path.join('.')}: ${issue?.message}`);
}
