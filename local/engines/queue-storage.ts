import { DatabaseSync } from 'node:sqlite';
import type { BuildAppOptions } from 'fauxqs';

export type QueueStores = NonNullable<BuildAppOptions['stores']>;
type Persistence = NonNullable<QueueStores['sqsStore']['persistence']>;

interface FauxqsInternals {
  SqsStore: new () => QueueStores['sqsStore'];
  SnsStore: new () => QueueStores['snsStore'];
  S3Store: new () => QueueStores['s3Store'];
  PersistenceManager: new (directory: string) => Persistence;
}

export interface QueueStorage {
  stores: QueueStores;
  /** Makes every write so far durable. To be called before any response leaves. */
  commit(): void;
  close(): void;
}

/**
 * Opens the queues that are stored in `directory`, with their messages, and the buckets beside them.
 *
 * All writes between two commits are one transaction: a batch costs one flush to disk instead of
 * ten, and a redrive, which deletes a message from its queue before it inserts it into the DLQ, can
 * not lose it to a crash in between.
 */
export async function openQueueStorage(directory: string): Promise<QueueStorage> {
  const { SqsStore, SnsStore, S3Store, PersistenceManager } = await loadFauxqsInternals();
  const persistence = new PersistenceManager(directory);
  const database: unknown = Reflect.get(persistence, 'db');
  if (!(database instanceof DatabaseSync)) {
    throw new Error('This version of fauxqs stores queues in another way. Install the pinned one.');
  }
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);

  const makeReady = database.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  // The original also sets the receive count to null, which its own schema refuses: a message whose
  // visibility is set to 0 would be gone until the next start.
  persistence.updateMessageReady = (messageId) => {
    makeReady.run(messageId);
  };

  let open = false;
  const transactional = new Proxy(persistence, {
    get: (target, property, receiver) => {
      if (!open) {
        database.exec('BEGIN');
        open = true;
      }
      return Reflect.get(target, property, receiver);
    },
  });
  stores.sqsStore.persistence = transactional;
  stores.s3Store.persistence = transactional;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = transactional;

  const commit = () => {
    if (!open) return;
    database.exec('COMMIT');
    open = false;
  };
  return {
    stores,
    commit,
    close: () => {
      commit();
      persistence.close();
    },
  };
}

/**
 * fauxqs exports its server only as one that stores queues and listens on all interfaces, or as one
 * that does neither. These are the parts that the former is made of.
 */
async function loadFauxqsInternals(): Promise<FauxqsInternals> {
  const base = import.meta.resolve('fauxqs');
  const files = ['sqs/sqsStore.js', 'sns/snsStore.js', 's3/s3Store.js', 'persistence.js'];
  const modules: Partial<FauxqsInternals>[] = await Promise.all(
    files.map((file) => import(new URL(file, base).href)),
  );
  return Object.assign({}, ...modules);
}
