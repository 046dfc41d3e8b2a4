import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** The most of each figure that a run may show. */
const thresholdsSchema = z.strictObject({
  lost: z.int().min(0),
  duplicated: z.int().min(0),
  reordered: z.int().min(0),
  /** Members that never became live. */
  notLive: z.int().min(0),
  /** Sends that were not acknowledged. */
  refused: z.int().min(0).optional(),
  /** The same without those that were told to wait, which is what a hot room is. */
  refusedOtherwise: z.int().min(0).optional(),
  p50Ms: z.number().positive().optional(),
  p99Ms: z.number().positive().optional(),
  p999Ms: z.number().positive().optional(),
  /** Of a cut: until everybody is live again. */
  secondsToRecover: z.number().positive().optional(),
  /** p99 of the quiet rooms beside the hot one, as a multiple of what it is without. */
  quietRise: z.number().positive().optional(),
  /** Posts that were answered with 429. */
  throttled: z.int().min(0).optional(),
  /** Posts, in any time, above `postsPerSecond` × its seconds and the bucket. */
  aboveBucket: z.int().min(0).optional(),
  /** Of a stack with a dashboard on this machine: how far its figures may be from those of the load. */
  countsApartPercent: z.number().positive().optional(),
  percentilesApartPercent: z.number().positive().optional(),
  /** Graphs of it that do not move, but for those that stay at rest when all is well. */
  stillGraphs: z.int().min(0).optional(),
});

const shapeSchema = z.strictObject({
  members: z.int().min(1).max(100_000),
  /** The members are spread over them evenly. */
  rooms: z.int().min(1).max(10_000),
  /** Messages per second in each room. */
  rate: z.number().positive().max(1_000),
  /** How long messages are sent; with `rising`, at each rate. */
  seconds: z.number().positive().max(604_800),
  connectsPerSecond: z.number().positive().max(5_000),
  textLength: z.int().min(1).max(4_000),
  arrivals: z.enum(['steady', 'random']),
  /** How many members of a room take turns at sending. Default: all. */
  sendersPerRoom: z.int().min(1).optional(),
  /** Whether members enter before the first message, or all the time that messages are sent. */
  entering: z.enum(['before', 'meanwhile']),
  /** Everybody's connection is cut at this second. */
  cutAtSecond: z.number().positive().optional(),
  /** The rate grows by a factor, step by step, until p99 is above. */
  rising: z
    .strictObject({
      factor: z.number().gt(1).max(10),
      steps: z.int().min(1).max(50),
      p99Ms: z.number().positive(),
    })
    .optional(),
  /** The members talk alone first, and then once more beside a hot room of so many. */
  hotMembers: z.int().min(1).max(100_000).optional(),
  /** Messages per second in the hot room. */
  hotRate: z.number().positive().max(1_000).optional(),
  /** Of what is compared, the first seconds are left out: functions start cold then. */
  warmUpSeconds: z.number().positive().optional(),
  /** What the stack may post, which is one of its own then. */
  postsPerSecond: z.int().min(100).max(500_000).optional(),
  /** How long after the last message the members may take to be shown everything. */
  drainSeconds: z.number().positive().max(3_600),
});

const MESSAGES_MAX = 10_000_000;

export const scenarioSchema = z
  .strictObject({
    description: z.string().min(1),
    shape: shapeSchema,
    thresholds: thresholdsSchema,
  })
  .superRefine(({ shape }, context) => {
    const refuse = (name: keyof Shape, message: string) =>
      context.addIssue({ code: 'custom', path: ['shape', name], message });
    if (shape.rooms > shape.members) refuse('rooms', 'must not be more than the members');
    if ((shape.rate * shape.rooms + (shape.hotRate ?? 0)) * shape.seconds > MESSAGES_MAX) {
      refuse('seconds', `would be more than ${MESSAGES_MAX.toLocaleString('en-US')} messages`);
    }
    if ((shape.cutAtSecond ?? 0) >= shape.seconds) refuse('cutAtSecond', 'must be before the end');
    if ((shape.warmUpSeconds ?? 0) >= shape.seconds) {
      refuse('warmUpSeconds', 'must be less than the seconds');
    }
    if ((shape.hotMembers === undefined) !== (shape.hotRate === undefined)) {
      refuse('hotMembers', 'goes together with hotRate, in a scenario with a hot room');
    }
    const isOther = shape.rising !== undefined || shape.cutAtSecond !== undefined;
    if (shape.hotMembers !== undefined && (isOther || shape.entering !== 'before')) {
      refuse('hotMembers', 'goes with a steady rate, no cut, and members that enter before');
    }
  });

export type Shape = z.output<typeof shapeSchema>;
export type Thresholds = z.output<typeof thresholdsSchema>;
export type Scenario = z.output<typeof scenarioSchema>;

export const SCENARIOS = [
  'ramp',
  'chatter',
  'hot-room',
  'beside',
  'storm',
  'soak',
  'rising',
] as const;

/** The scenario cannot be used; the message names the file, the field and what is wrong with it. */
export class ScenarioError extends Error {}

/**
 * @param name one of {@link SCENARIOS}, or the path of a file of one's own that ends with .json
 * @param changes what the command line says instead
 * @throws ScenarioError
 */
export function readScenario(name: string, changes: Partial<Shape> = {}): Scenario {
  const path = name.endsWith('.json') ? name : new URL(`./scenarios/${name}.json`, import.meta.url);
  const file = name.endsWith('.json') ? name : `The scenario ${name}`;
  const scenario = parse(file, readJson(path, file));
  return parse(file, { ...scenario, shape: { ...scenario.shape, ...changes } });
}

function readJson(path: string | URL, file: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ScenarioError(
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function parse(file: string, content: unknown): Scenario {
  const parsed = scenarioSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ScenarioError(`${file} is not right. ${issues.join('; ')}.`);
}
