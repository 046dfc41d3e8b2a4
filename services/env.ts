/**
 * Every environment variable of every Lambda, as schemas, on one screen.
 *
 * A `lambda.ts` parses its own entry once, at init, with {@link readEnvironment}. The construct that
 * deploys a function is typed by {@link EnvironmentOf}, so a variable that a function needs and the
 * construct forgets does not compile.
 */
import * as z from 'zod';

const name = z.string().min(3);
const url = z.url();
const postsPerSecond = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, 'must be a whole number from 1 to 999999');
/** Whether pushed messages carry the times that they passed by. */
const travelTimes = z.enum(['on', 'off']).default('off');
const days = z.string().regex(/^[1-9]\d{0,3}$/, 'must be a whole number of days from 1 to 9999');

const tables = {
  rooms: { ROOMS_TABLE: name },
  messages: { MESSAGES_TABLE: name },
  receipts: { RECEIPTS_TABLE: name },
  connections: { CONNECTIONS_TABLE: name },
  memberships: { MEMBERSHIPS_TABLE: name },
};

/** How much a room may post, and how long its messages may wait for that. */
const pacing = {
  ROOM_POSTS_PER_SECOND: postsPerSecond,
  ROOM_POSTS_AT_ONCE: postsPerSecond,
  WINDOW_MAX_MS: z.string().regex(/^[1-9]\d{2,4}$/, 'must be a whole number from 100 to 99999'),
};

/** What reading a room's log takes: its head, its messages, and who may read. */
const roomReader = { ...tables.rooms, ...tables.messages, ...tables.memberships };

export const environments = {
  authorize: z.discriminatedUnion('IDENTITY', [
    z.object({
      IDENTITY: z.literal('jwt'),
      JWT_ISSUER: url,
      JWT_AUDIENCE: z.string().min(1),
      /** Where the issuer publishes its keys, if not under `/.well-known/jwks.json`. */
      JWT_JWKS_URI: url.optional(),
    }),
    z.object({ IDENTITY: z.literal('open') }),
  ]),
  connect: z.object({ ...tables.connections, ...tables.memberships, ...tables.rooms }),
  disconnect: z.object({ ...tables.connections, ...tables.memberships }),
  drain: z.object({ ...tables.connections, DELIVERY_QUEUE_URL: url }),
  default: z.object({}),
  ping: z.object({ ...tables.rooms, ...tables.memberships }),
  health: z.object({ VERSION: z.string().min(1) }),

  join: z.object({ ...roomReader, RETENTION_DAYS: days }),
  leave: z.object({ ...tables.memberships }),
  resume: z.object({ ...roomReader, RETENTION_DAYS: days }),
  history: z.object({ ...roomReader, RETENTION_DAYS: days }),
  presence: z.object({ ...tables.rooms, ...tables.memberships }),
  typing: z.object({ ...tables.rooms, ...tables.memberships, DELIVERY_QUEUE_URL: url }),
  announce: z.object({ ...tables.rooms, ...tables.memberships, DELIVERY_QUEUE_URL: url }),

  send: z.object({
    ...roomReader,
    ...tables.receipts,
    RETENTION_DAYS: days,
    WINDOW_MAX_MS: pacing.WINDOW_MAX_MS,
  }),
  fanOut: z.object({
    ...tables.rooms,
    ...tables.memberships,
    ...pacing,
    DELIVERY_QUEUE_URL: url,
    FLUSH_QUEUE_URL: url,
    FAN_OUT_DLQ_URL: url,
    TRAVEL_TIMES: travelTimes,
  }),
  flush: z.object({
    ...roomReader,
    RETENTION_DAYS: days,
    ...pacing,
    DELIVERY_QUEUE_URL: url,
    FLUSH_QUEUE_URL: url,
    FLUSH_DLQ_URL: url,
    TRAVEL_TIMES: travelTimes,
  }),
  deliver: z.object({
    ...tables.connections,
    ...tables.memberships,
    MANAGEMENT_ENDPOINT: url,
    /** The share of one environment. */
    POSTS_PER_SECOND: postsPerSecond,
    /** `sdk` posts through the SDK's client: the same outcomes, for several times the CPU. */
    POSTER: z.enum(['lean', 'sdk']).default('lean'),
    DELIVERY_QUEUE_URL: url,
    DELIVERY_DLQ_URL: url,
    TRAVEL_TIMES: travelTimes,
  }),
};

export type FunctionName = keyof typeof environments;

/** The variables that the function `F` needs, as the construct has to supply them. */
export type EnvironmentOf<F extends FunctionName> = z.input<(typeof environments)[F]>;

/**
 * Parses a function's environment.
 *
 * @throws Error that names every missing or malformed variable at once.
 */
export function readEnvironment<F extends FunctionName>(
  functionName: F,
  source: Record<string, string | undefined>,
): z.output<(typeof environments)[F]> {
  const parsed = environments[functionName].safeParse(source);
  if (!parsed.success) {
    const problems = parsed.error.issues
      .map((issue) => `${issue.path.join('.') || 'environment'}: ${issue.message}`)
      .join('; ');
    throw new Error(`The environment of ${functionName} is incomplete. ${problems}`);
  }
  return parsed.data as z.output<(typeof environments)[F]>;
}

/** The variables of those who pace, as numbers. */
export const readPacingLimits = (env: z.output<z.ZodObject<typeof pacing>>) => ({
  roomPostsPerSecond: Number(env.ROOM_POSTS_PER_SECOND),
  roomPostsAtOnce: Number(env.ROOM_POSTS_AT_ONCE),
  windowMaxMs: Number(env.WINDOW_MAX_MS),
});
