import * as z from 'zod';
import { readOptions, refuse } from '../../support/script.ts';

const HELP = `Usage: npm run scale -- [options]

  --connections <number>  of all rooms together                       default 1000000
  --rooms <number>        the n-th has 1/n of the first one's members default 10000
  --rates <numbers>       messages a second, all rooms together       default 5,10,20,30,40,50,60,80,100,150,200,300,500
  --activity <number>     messages of a room go by its members to the
                          power of this: 0 all rooms alike, 1 all
                          members alike                               default 0.5
  --bytes <number>        a message as JSON                           default 300
  --quota <number>        requests/s that the account is granted      default 100000
  --posts-share <number>  of it that the stack may post               default 0.8
  --room-shares <percent> of that which one room may have: a run for
                          each, after the one without pacing          default 50,5
  --window-max <ms>       that its messages wait at most              default 2000
  --warm-up <seconds>     that the figures leave out                  default 30
  --seconds <seconds>     that the figures are of                     default 60
  --drain <seconds>       for what is on its way then                 default 60
  --seed <number>         the same one gives the same figures         default 1
  --against-planner       loads of the planner instead, side by side
  --svg <folder>          write the curves there
  --json                  print the results as JSON
  --help                  this text

A discrete-event simulation: fan-out, packing, pacing, the pace of deliveries and the signs of pressure are the real
code; stream, queue, functions and quota are modelled by the limits in test/capacity/platform.ts. Exits with 1
if a delivery is not accounted for, or more was posted than the buckets hold.`;

const above0 = z.coerce.number('must be a number').positive('must be above 0');
const wholeAbove0 = above0.int('must be a whole number');

function listOf(item: typeof above0, byDefault: string) {
  return z
    .string()
    .default(byDefault)
    .transform((list): unknown[] => list.split(','))
    .pipe(z.array(item));
}

const optionsSchema = z.object({
  connections: wholeAbove0.default(1_000_000),
  rooms: wholeAbove0.default(10_000),
  rates: listOf(above0, '5,10,20,30,40,50,60,80,100,150,200,300,500'),
  activity: z.coerce.number('must be a number').min(0, 'must not be below 0').default(0.5),
  bytes: wholeAbove0.max(29_000, 'must be 29000 at most').default(300),
  quota: above0.default(100_000),
  'posts-share': above0.max(1, 'must be 1 at most').default(0.8),
  'room-shares': listOf(above0.max(100, 'must be 100 at most'), '50,5'),
  'window-max': wholeAbove0.default(2_000),
  'warm-up': above0.default(30),
  seconds: above0.default(60),
  drain: above0.default(60),
  seed: wholeAbove0.default(1),
  'against-planner': z.boolean().default(false),
  svg: z.string().optional(),
  json: z.boolean().default(false),
});

/** Ends the process when help was asked for, or an option is wrong. */
export function readScaleOptions() {
  const given = readFlagsAndTexts();
  const parsed = optionsSchema.safeParse(given);
  if (!parsed.success) {
    refuse(
      parsed.error.issues
        .map(
          ({ path, message }) => `--${String(path[0])} ${message}, not "${given[String(path[0])]}"`,
        )
        .join('; '),
    );
  }
  const { data } = parsed;
  if (data.connections < data.rooms) refuse('--connections must not be below --rooms');
  return data;
}

function readFlagsAndTexts(): Record<string, string | boolean | undefined> {
  const flags = ['against-planner', 'json'];
  const names = Object.keys(optionsSchema.shape);
  return readOptions(
    HELP,
    Object.fromEntries(
      names.map((name) => [name, { type: flags.includes(name) ? 'boolean' : 'string' } as const]),
    ),
  );
}
