import { createChance } from '../../faults/simulation/chance.ts';
import { ASSUMPTIONS, LIMITS } from '../platform.ts';
import { createAccount } from './account.ts';
import { createDelivery } from './delivery.ts';
import { type Figures, figuresOf } from './figures.ts';
import type { Gathering } from './gathering.ts';
import { createLedger } from './ledger.ts';
import { createPipeline } from './pipeline.ts';
import { createPlaces } from './places.ts';
import { arrivals, type Population, sum } from './population.ts';
import { noUsage, perSecond } from './usage.ts';
import { createVirtualTime } from './virtual-time.ts';

export interface SimulationOptions {
  population: Population;
  /** A message as JSON. */
  messageBytes: number;
  /** Requests a second that the account may make. */
  quota: number;
  /** What the stack is deployed with. */
  postsPerSecond: number;
  gathering: (platform: { now: () => number }) => Gathering;
  /** What the figures leave out at the start, what they are of, and how long the rest may take. */
  warmUpSeconds: number;
  seconds: number;
  drainSeconds: number;
  seed: number;
}

export interface SimulationResult extends Figures {
  /** Of which something was sent, made to wait, refused. */
  rooms: { active: number; gathered: number; limited: number };
  /** Pairs of a message and a member that nobody had when the senders fell silent. */
  backlog: number;
  /** Every pair is in one of the three: delivered, given up, unended. */
  pairs: { accepted: number; delivered: number; givenUp: number; unended: number };
  /** What the buckets would have had to hold, as seen from outside. */
  mostAbove: { requests: number; posts: number };
  mostAtOnce: { functions: number; deliver: number };
}

/** Heartbeats are taken together for so long. */
const HEARTBEAT_MS = 10;

/** One run of a deployment under a load that does not change. The same options give the same figures. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { population, messageBytes, quota, postsPerSecond, warmUpSeconds, seconds } = options;
  const time = createVirtualTime();
  const chance = createChance(options.seed);
  let draws = 0;
  const random = () => {
    draws += 1;
    return chance.of(`draw ${draws}`);
  };
  const from = warmUpSeconds * 1_000;
  const until = from + seconds * 1_000;

  const usage = noUsage();
  const account = createAccount(time, { quota, postsPerSecond });
  const ledger = createLedger((sentAt) => sentAt >= from && sentAt < until);
  const places = createPlaces(time, LIMITS.lambdaConcurrency);
  const environments = deliverEnvironments(postsPerSecond);
  const delivery = createDelivery({
    time,
    places,
    account,
    ledger,
    usage,
    environments,
    postsPerSecond: Math.floor(postsPerSecond / environments),
    random,
  });
  const pipeline = createPipeline({
    time,
    account,
    places,
    ledger,
    usage,
    delivery,
    gathering: options.gathering(time),
    members: population.members,
    messageBytes,
    shards: shardsFor(sum(population.rates), messageBytes),
  });

  const coming = arrivals(population, chance);
  const awaitArrival = () => {
    const { value } = coming.next();
    if (value === undefined || value.at >= until) return;
    time.at(value.at, () => {
      pipeline.send(value.room);
      awaitArrival();
    });
  };
  awaitArrival();

  const connections = sum(population.members);
  const heartbeats = (connections / ASSUMPTIONS.heartbeatSeconds) * (HEARTBEAT_MS / 1_000);
  let due = 0;
  const beat = () => {
    due += heartbeats;
    const taken = account.request(Math.floor(due));
    usage.pings += taken;
    usage.tableReads += 2 * taken;
    due %= 1;
    if (time.now() < until) time.after(HEARTBEAT_MS, beat);
  };
  beat();

  await time.runUntil(from);
  const before = counters();
  await time.runUntil(until);
  const rates = perSecond(before, counters(), seconds);
  const backlog = waitingPairs();
  await time.runUntil(until + options.drainSeconds * 1_000);
  const unended = waitingPairs();
  for (const { message, members } of pipeline.unsent()) {
    ledger.leaveUnsent(message.receivedAt, members);
  }
  for (const { frame, members } of onTheWay()) ledger.leaveUnended(frame, members);
  const { active, gathered, limited } = pipeline.rooms;
  return {
    ...figuresOf({ ...options, connections, rates, ledger }),
    rooms: { active: active.size, gathered: gathered.size, limited: limited.size },
    backlog,
    pairs: { ...ledger.pairs, unended },
    mostAbove: { requests: account.requests.mostAbove, posts: account.posts.mostAbove },
    mostAtOnce: { functions: places.most, deliver: delivery.mostEnvironments },
  };

  function counters() {
    const { posts, requests, refusedPosts } = account;
    return {
      ...usage,
      posts: posts.total,
      requests: requests.total,
      refusedPosts,
      postedBytes: ledger.postedBytes,
      deliveredPairs: ledger.pairs.delivered,
      acceptedPairs: ledger.pairs.accepted,
    };
  }

  function onTheWay() {
    return [...pipeline.inTransit(), ...delivery.unfinished()].flatMap(({ parts }) => parts);
  }

  /** Pairs of a message and a member, counted where they wait. */
  function waitingPairs(): number {
    return (
      sum(pipeline.unsent().map(({ members }) => members)) +
      sum(onTheWay().map(({ frame, members }) => members * frame.sentAt.length))
    );
  }
}

/** As `infra` divides the share among environments. */
function deliverEnvironments(postsPerSecond: number): number {
  const wanted = Math.ceil(postsPerSecond / ASSUMPTIONS.postsPerEnvironment);
  return Math.min(1_000, Math.max(2, wanted));
}

function shardsFor(messagesPerSecond: number, messageBytes: number): number {
  const units = messagesPerSecond * 2 * Math.ceil(messageBytes / 1_024);
  return Math.max(LIMITS.streamShardsMin, Math.ceil(units / LIMITS.partitionWritesPerSecond));
}
