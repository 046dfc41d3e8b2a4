import { unavailable } from '../../../shared/domain/errors.ts';
import { SEAL_AFTER_MS } from '../../../shared/domain/limits.ts';
import {
  claimingHoles,
  comingNotBack,
  losingFlushes,
  readingFirst,
  recordingFirst,
  trustingFlushes,
  trustingOlderFlushes,
} from './broken-flushes.ts';
import {
  allDone,
  eventual,
  forgettingUnprocessed,
  headFirst,
  rewriting,
  withNewIds,
  withOneFrame,
  withoutConditions,
  withoutVoids,
} from './broken-parts.ts';
import { EPOCH_MS, TABLES } from './deployment.ts';
import type { FunctionName, Seams } from './seams.ts';

/**
 * Ways to break the product, applied one by one to see that the checker notices. Each takes one
 * safeguard out, at a port, an adapter's client or a function's edge; three replace a module of the
 * client library (see `mutants.ts`).
 */
export interface Mutation {
  /** What is taken out. */
  means: string;
  seams?: Seams;
  /** A module that stands in for one of the client library. */
  replaces?: { module: string; by: string };
}

const READERS: readonly FunctionName[] = ['join', 'resume', 'history'];
const SEQUENCE = 'client/sequence.ts';

export const MUTATIONS: Record<string, Mutation> = {
  'receipts-unchecked': {
    means:
      'a repeated send is not recognised: neither the look-up nor the condition on the receipt',
    seams: {
      adapters: ({ store }) => ({ store: { ...store, findReceipt: async () => undefined } }),
      dynamo: (client) => rewriting(client, (input) => withoutConditions(input, TABLES.receipts)),
    },
  },
  'acknowledged-early': {
    means: 'the sender is answered before the write has succeeded',
    seams: {
      adapters: ({ store }) => ({
        store: {
          ...store,
          async append(message, expiresAt) {
            store.append(message, expiresAt).catch(() => {});
            return { outcome: 'stored' };
          },
        },
      }),
    },
  },
  'seal-overwritten': {
    means: 'a late writer puts its message where a reader has sealed: no condition on the number',
    seams: {
      dynamo: (client, name) =>
        name === 'send'
          ? rewriting(client, (input) => withoutConditions(input, TABLES.messages))
          : client,
    },
  },
  'seal-blind': {
    means: 'a reader seals without waiting for late writers, and without looking',
    seams: {
      dynamo: (client, name) =>
        READERS.includes(name)
          ? rewriting(client, (input) => withoutConditions(input, TABLES.messages))
          : client,
      adapters: ({ clock }, name) =>
        READERS.includes(name) ? { clock: { now: () => clock.now() + SEAL_AFTER_MS } } : {},
    },
  },
  'seal-unwritten': {
    means: 'a reader is told of a void that was never written',
    seams: {
      adapters: ({ messages }, name) =>
        READERS.includes(name) ? { messages: { ...messages, seal: async (entry) => entry } } : {},
    },
  },
  'holes-unsealed': {
    means: 'nobody seals a hole that a crash has left',
    seams: {
      adapters: ({ messages }, name) =>
        READERS.includes(name)
          ? { messages: { ...messages, seal: () => Promise.reject(unavailable('Not sealed.')) } }
          : {},
    },
  },
  'voids-unpushed': {
    means: 'a void record is not pushed',
    seams: {
      event: (event, name) => (name === 'fanOut' ? withoutVoids(event) : event),
    },
  },
  'answers-stale': {
    means: 'history, resume and join read the log eventually consistent',
    seams: {
      dynamo: (client, name) =>
        READERS.includes(name) ? rewriting(client, eventual(TABLES.messages)) : client,
    },
  },
  'members-stale': {
    means: 'the fan-out reads members eventually consistent',
    seams: {
      dynamo: (client, name) =>
        name === 'fanOut' ? rewriting(client, eventual(TABLES.memberships)) : client,
    },
  },
  'head-before-membership': {
    means: 'join and resume read the head before they write the membership',
    seams: { adapters: (adapters, name) => (READERS.includes(name) ? headFirst(adapters) : {}) },
  },
  'last-page-only': {
    means: 'the fan-out takes the last page of the members for all of them',
    seams: {
      adapters: ({ memberships }) => ({
        memberships: {
          ...memberships,
          async *connectionPages(roomId, shards) {
            let last: string[] = [];
            for await (const page of memberships.connectionPages(roomId, shards)) last = page;
            yield last;
          },
        },
      }),
    },
  },
  'first-shard-only': {
    means: 'the fan-out reads the first shard of a room that has grown',
    seams: {
      adapters: ({ memberships }) => ({
        memberships: {
          ...memberships,
          connectionPages: (roomId) => memberships.connectionPages(roomId, { first: 0, end: 1 }),
        },
      }),
    },
  },
  'parts-unreported': {
    means: 'a part of a large room that failed counts as told',
    seams: { response: allDone('flush') },
  },
  'membership-doubled': {
    means: 'joining again after the room has grown puts a second row beside the first',
    seams: {
      dynamo: (client) =>
        rewriting(client, (input) => withoutConditions(input, TABLES.memberships)),
    },
  },
  'frames-joined': {
    means: 'a job carries one frame, however large',
    seams: {
      adapters: ({ deliveryQueue }, name) =>
        name === 'fanOut'
          ? {
              deliveryQueue: {
                send: (jobs, delay) => deliveryQueue.send(jobs.map(withOneFrame), delay),
              },
            }
          : {},
    },
  },
  'stream-report-removed': {
    means: 'the fan-out reports every batch as done',
    seams: { response: allDone('fanOut') },
  },
  'queue-report-removed': {
    means: 'the delivery reports every job as done',
    seams: { response: allDone('deliver') },
  },
  'remainder-dropped': {
    means: 'recipients that could not be reached do not go back to the queue',
    seams: {
      adapters: (_adapters, name) =>
        name === 'deliver' ? { deliveryQueue: { send: async () => {} } } : {},
    },
  },
  'young-removed': {
    means: 'a 410 of a connection in its first seconds counts as gone',
    seams: {
      adapters: ({ connections }) => ({
        connections: { ...connections, connectedAt: async () => new Map() },
      }),
    },
  },
  'gone-kept': {
    means: 'connections that are gone are not cleaned up',
    seams: {
      adapters: ({ memberships }, name) =>
        name === 'deliver'
          ? { memberships: { ...memberships, removeConnections: async () => {} } }
          : {},
    },
  },
  'unprocessed-ignored': {
    means: 'what a batch write leaves over is forgotten',
    seams: { dynamo: (client) => forgettingUnprocessed(client) },
  },
  'flush-reads-first': {
    means: 'a flush reads the log before it takes its mark off the room',
    seams: { adapters: readingFirst },
  },
  'flush-records-first': {
    means: 'a flush writes down how far it comes before that is enqueued',
    seams: { adapters: recordingFirst },
  },
  'flush-claims-holes': {
    means: 'a flush claims numbers that are not settled',
    seams: { adapters: claimingHoles },
  },
  'flush-comes-not-back': {
    means: 'a flush leaves what stands behind an unsettled number to nobody',
    seams: { adapters: comingNotBack },
  },
  'flush-trusts-older': {
    means: 'a flush without a mark relies on one that began before its entries were stored',
    seams: { adapters: trustingOlderFlushes },
  },
  'lease-ignored': {
    means: 'a room waits for a flush whose job the queue has lost',
    seams: {
      adapters: (adapters, name) => ({
        ...losingFlushes(EPOCH_MS + 40_000)(adapters, name),
        ...trustingFlushes(adapters, name),
      }),
    },
  },
  'new-id-on-retry': {
    means: 'the library sends again under another clientMessageId',
    get seams() {
      return { sentFrame: withNewIds() };
    },
  },
  'hold-back-removed': {
    means: 'the library asks at once for what is only late',
    seams: { clientOptions: { holdBackMs: 0 } },
  },
  'dedup-removed': {
    means: 'the library shows what it has shown already',
    replaces: { module: SEQUENCE, by: './mutants/sequence-without-dedup.ts' },
  },
  'gap-pull-removed': {
    means: 'the library does not ask for what it misses',
    replaces: { module: SEQUENCE, by: './mutants/sequence-without-pull.ts' },
  },
};

export function seamsOf(mutation: string | undefined): Seams {
  return (mutation === undefined ? undefined : MUTATIONS[mutation]?.seams) ?? {};
}
