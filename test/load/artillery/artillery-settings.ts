import * as z from 'zod';

/** What the processor has to know; Artillery passes its environment on to its thread. */
const settingsSchema = z.object({
  url: z.url(),
  token: z.string().optional(),
  run: z.string(),
  members: z.int().positive(),
  rooms: z.int().positive(),
  intervalMs: z.int().positive(),
  seed: z.number(),
});

export const SETTINGS_VARIABLE = 'ROOMCAST_LOAD_SETTINGS';
/** On the loopback interface, where whoever conducts the run listens. */
export const PORT_VARIABLE = 'ROOMCAST_LOAD_PORT';

export function readArtillerySettings(environment: Record<string, string | undefined>) {
  const { token, ...settings } = settingsSchema.parse(
    JSON.parse(environment[SETTINGS_VARIABLE] ?? '{}'),
  );
  return {
    settings: { ...settings, ...(token !== undefined && { token }) },
    port: z.coerce.number().int().positive().parse(environment[PORT_VARIABLE]),
  };
}
