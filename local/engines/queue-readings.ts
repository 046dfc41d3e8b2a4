import type { QueueStores } from './queue-storage.ts';

type SqsStore = QueueStores['sqsStore'];
type SqsQueue = ReturnType<SqsStore['createQueue']>;
type SqsMessage = SqsQueue['messages'][number];

/** What is in a queue, and what was done with it since the last reading. */
export interface QueueReading {
  name: string;
  visible: number;
  notVisible: number;
  /** When the oldest message that is not delayed could first be received: epoch milliseconds. */
  oldestAt?: number;
  sent: number;
  received: number;
  deleted: number;
  emptyReceives: number;
}

type Calls = Pick<QueueReading, 'sent' | 'received' | 'deleted' | 'emptyReceives'>;

const READING_INTERVAL_MS = 250;

/**
 * Tells what is in the queues whenever that has changed, so that nobody has to ask for it all the time.
 *
 * @returns how to stop it
 */
export function watchQueues(
  store: SqsStore,
  onReadings: (queues: QueueReading[]) => void,
): () => void {
  const takeCalls = new Map<SqsQueue, () => Calls>();
  for (const queue of store.allQueues()) takeCalls.set(queue, countCalls(queue));
  const createQueue = store.createQueue.bind(store);
  store.createQueue = (...parameters) => {
    const queue = createQueue(...parameters);
    takeCalls.set(queue, countCalls(queue));
    return queue;
  };

  let last = '';
  const timer = setInterval(() => {
    const readings = Array.from(takeCalls, ([queue, take]) => ({ ...read(queue), ...take() }));
    const contents = JSON.stringify(readings);
    const isIdle = readings.every(({ sent, received, deleted, emptyReceives }) =>
      [sent, received, deleted, emptyReceives].every((calls) => calls === 0),
    );
    if (isIdle && contents === last) return;
    last = contents;
    onReadings(readings);
  }, READING_INTERVAL_MS);
  return () => clearInterval(timer);
}

function read(queue: SqsQueue): Omit<QueueReading, keyof Calls> {
  // Otherwise nothing comes back, or is due, while nobody receives.
  if (queue.inflightMessages.size + queue.delayedMessages.length > 0) queue.processTimers();
  const inFlight = Array.from(queue.inflightMessages.values(), ({ message }) => message);
  const times = [...queue.messages, ...inFlight].map(availableAt);
  const oldestAt = times.reduce((oldest, at) => Math.min(oldest, at), Number.POSITIVE_INFINITY);
  return {
    name: queue.name,
    visible: queue.messages.length,
    notVisible: inFlight.length,
    ...(times.length > 0 && { oldestAt }),
  };
}

const availableAt = ({ sentTimestamp, delayUntil }: SqsMessage) =>
  Math.max(sentTimestamp, delayUntil ?? 0);

/** Counts what is done with a queue, by standing before its methods. */
function countCalls(queue: SqsQueue): () => Calls {
  const none: Calls = { sent: 0, received: 0, deleted: 0, emptyReceives: 0 };
  let calls = { ...none };
  const { enqueue, dequeue, deleteMessage, waitForMessages } = queue;
  queue.enqueue = (message) => {
    calls.sent += 1;
    enqueue.call(queue, message);
  };
  queue.dequeue = (...parameters) => {
    const messages = dequeue.apply(queue, parameters);
    calls.received += messages.length;
    if (messages.length === 0) calls.emptyReceives += 1;
    return messages;
  };
  queue.waitForMessages = (seconds) => {
    // A long poll that found nothing at first looks again at its end.
    calls.emptyReceives -= 1;
    return waitForMessages.call(queue, seconds);
  };
  queue.deleteMessage = (receiptHandle) => {
    const isDeleted = deleteMessage.call(queue, receiptHandle);
    if (isDeleted) calls.deleted += 1;
    return isDeleted;
  };
  return () => {
    const taken = calls;
    calls = { ...none };
    return taken;
  };
}
