/**
 * Every metric of every function, on one screen: its unit, and what one of it means.
 *
 * CloudWatch has them under the namespace `Roomcast/<stage>`, with the function as the only dimension
 * (`service`): whatever has no bound, such as a room, stands in the logs. What is zero is not
 * emitted, since a line costs by its length; so a metric without data has been zero all along.
 *
 * The dashboard, the alarms and the types of what the handlers emit are made from this.
 */

export interface MetricDefinition {
  unit: 'Count' | 'Count/Second' | 'Milliseconds' | 'None';
  meaning: string;
}

const count = (meaning: string) => ({ unit: 'Count', meaning }) as const;

const everywhere = { coldStarts: count('environments started') };

/** A request that goes well is counted by API Gateway, and writes no line of its own. */
const route = {
  ...everywhere,
  refused: count('requests refused because the client asked for something wrong or forbidden'),
  overloaded: count(
    'requests refused with retryAfterMs: the room, or what stores it, was too busy',
  ),
  failed: count('requests answered with INTERNAL: something broke on our side'),
};

export const METRICS = {
  authorize: {
    ...everywhere,
    refused: count('tokens that were missing, forged, expired or foreign'),
  },
  connect: {
    ...everywhere,
    opened: count('connections opened'),
    refused: count('connections refused: no right to the room, or no room id'),
  },
  disconnect: {
    ...everywhere,
    ended: count('connections that ended, as far as API Gateway told'),
    connectionMinutes: { unit: 'None', meaning: 'minutes that they had lasted: what is billed' },
  },
  default: { ...everywhere, refused: count('frames that no route understands') },
  ping: route,
  drain: { ...everywhere, told: count('connections asked to come back later (goaway)') },

  join: route,
  leave: route,
  resume: route,
  history: route,
  presence: route,
  typing: route,
  announce: {
    ...everywhere,
    pushes: count('presence pushes enqueued, one for each room that changed'),
    failedRooms: count('rooms whose presence could not be announced; tried again twice'),
    unreadable: count('membership records that could not be read; dropped'),
  },

  send: { ...route, duplicates: count('sends that had been stored by an earlier attempt') },
  fanOut: {
    ...everywhere,
    messages: count('messages taken from the stream: stored, and on their way'),
    sealedHoles: count('numbers sealed because their senders died or gave them up'),
    members: count('members of a room at one fan-out; one value for each room of a batch'),
    owed: count('messages times members: what clients are to receive'),
    frames: count('frames that the messages were packed into'),
    jobs: count('delivery jobs enqueued'),
    poison: count('stream records that could not be read; now dead letters'),
    failedRecords: count('stream records that could not be fanned out this time'),
    left: count('stream records of hot rooms that were left to a flush'),
    flushed: count('stream records whose flush was faster than the stream'),
    scheduled: count('flushes scheduled for rooms that had posted their share'),
  },
  flush: {
    ...everywhere,
    flushes: count('flushes of hot rooms'),
    covered: count('flushes that left everything to another one, which was scheduled since'),
    messages: count('messages that flushes enqueued'),
    members: count('members of a room at one flush; one value for each'),
    owed: count('messages times members: what clients are to receive'),
    frames: count('frames that the messages were packed into'),
    parts: count('parts of very large rooms that were fanned out'),
    jobs: count('delivery jobs enqueued'),
    oldestWait: {
      unit: 'Milliseconds',
      meaning: 'from its number to its flush: the oldest message of each flush',
    },
    window: {
      unit: 'Milliseconds',
      meaning: 'until the room may post again, after each flush: how long messages gather',
    },
    unrecorded: count('flushes that could not write how far they came; some frames go out twice'),
    poison: count('jobs that could not be read; now dead letters'),
    failedJobs: count('jobs that SQS has to deliver again'),
  },
  deliver: {
    ...everywhere,
    deliveryLatency: {
      unit: 'Milliseconds',
      meaning: 'from the gateway taking the message to the post of it; one value for each delivery',
    },
    jobs: count('delivery jobs taken from the queue'),
    deliveries: count('recipients that took all frames of a job'),
    posts: count('requests to @connections: they draw on the quota of the account'),
    framesTaken: count('posts that were taken'),
    postsPerSecond: {
      unit: 'Count/Second',
      meaning: 'the rate that one environment allows itself; less than its share after refusals',
    },
    gone: count('recipients that were gone; their memberships are removed'),
    throttled: count('recipients that were throttled to the end of a delivery'),
    unanswered: count('recipients that could not be reached to the end of a delivery'),
    requeued: count('recipients that went back to the queue, to be tried again'),
    givenUp: count('recipients that were given up after the last try'),
    tooLarge: count('recipients that a frame was too large for: a bug'),
    rejected: count('recipients that API Gateway will never take: a bug'),
    dropped: count('typing and presence pushes that came too late to be worth a post'),
    closed: count('slow consumers that were closed, to come back and resume'),
    poison: count('jobs that could not be read; now dead letters'),
    failedJobs: count('jobs that SQS has to deliver again as they are'),
  },
} as const satisfies Record<string, Record<string, MetricDefinition>>;

/** The functions that emit anything, by their names in `services/env.ts`. */
export type MeteredFunction = keyof typeof METRICS;

export type MetricOf<F extends MeteredFunction> = keyof (typeof METRICS)[F] & string;

/** What every function behind a route of the protocol emits. */
export type RouteMetric = keyof typeof route;
