import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { encodeRoomJob } from '../../shared/aws/room-job.ts';
import { aServiceError } from '../support/fault-proxy.ts';
import { aJob, aVoid, keepOn, type Stage } from './stage.ts';

/** Something that goes wrong, and the alarms that it rings. */
export interface Trouble {
  what: string;
  alarms: string[];
  /** @returns how to end it */
  begin(stage: Stage): Promise<() => unknown>;
}

const TOO_MUCH = aServiceError('ProvisionedThroughputExceededException');

/** How a transaction says that one of its rows lies in a partition at its limit. */
const HOT_KEY = aServiceError('TransactionCanceledException', {
  CancellationReasons: [{ Code: 'ThrottlingError' }, { Code: 'None' }],
});

/** What befalls a stack as it is deployed. */
export const TROUBLES: Trouble[] = [
  {
    what: 'a release without the rights to its tables',
    alarms: [
      'requests-failing',
      'functions-failing',
      'sockets-failing',
      'batches-given-up',
      'page',
    ],
    async begin(stage) {
      const ann = await stage.visit('ann', 'red');
      stage.tables.intercept(async () => aServiceError('AccessDeniedException'));
      let seq = 1_000;
      const stops = [
        keepOn(50, () => ann.send({ action: 'history', roomId: 'red' })),
        keepOn(30, () => knock(`${stage.stack.webSocketUrl}?userId=ben`)),
        keepOn(100, () => stage.put('MESSAGES_TABLE', aVoid('red', seq++))),
      ];
      return () => {
        for (const stop of stops) stop();
        stage.tables.intercept();
      };
    },
  },
  {
    what: 'strangers without a name at the door',
    alarms: ['nobody-gets-in'],
    begin: async ({ stack }) => keepOn(20, () => knock(stack.webSocketUrl)),
  },
  {
    what: 'a slow table when a thousand messages come at once',
    alarms: ['fan-out-behind'],
    async begin(stage) {
      stage.tables.intercept(async ({ operation }, forward) => {
        if (operation === 'Query') await delay(700);
        return forward();
      });
      for (let first = 1; first <= 1_000; first += 25) {
        const rows = Array.from({ length: 25 }, (_, index) => aVoid('burst', first + index));
        await stage.putMany('MESSAGES_TABLE', rows);
      }
      return () => stage.tables.intercept();
    },
  },
  {
    what: 'a slow table when more rooms are flushed than it has time for',
    alarms: ['flush-behind'],
    async begin(stage) {
      stage.tables.intercept(async ({ operation }, forward) => {
        if (operation === 'GetItem') await delay(700);
        return forward();
      });
      let jobs = 0;
      const aFlush = () => {
        jobs += 1;
        const place = { roomId: `hot-${jobs}`, from: 1, dueAt: Date.now() };
        return encodeRoomJob({ kind: 'flush', id: `flush-${jobs}`, ...place });
      };
      const stop = keepOn(30, () => stage.enqueueFlushes(...Array.from({ length: 10 }, aFlush)));
      return async () => {
        stop();
        stage.tables.intercept();
        await stage.purge('FLUSH_QUEUE_URL');
      };
    },
  },
  {
    what: 'what nobody can read, in the log of a room and in the queues',
    alarms: ['fan-out-dead-letters', 'flush-dead-letters', 'delivery-dead-letters'],
    async begin(stage) {
      await stage.put('MESSAGES_TABLE', aVoid('red', 5_000, 99));
      await stage.enqueue('no job');
      await stage.enqueueFlushes('no job');
      return async () => {
        await stage.purge('FAN_OUT_DLQ_URL');
        await stage.purge('FLUSH_DLQ_URL');
        await stage.purge('DELIVERY_DLQ_URL');
      };
    },
  },
  {
    what: 'a member out of reach to the last, and a frame that is too large',
    alarms: ['recipients-given-up', 'recipients-lost'],
    async begin(stage) {
      const { connectionId } = await stage.visit('eve');
      const { connectionId: other } = await stage.visit('dan');
      const large = JSON.stringify({ text: 'x'.repeat(130 * 1024) });
      stage.faults.failPost = (id) => (id === connectionId ? 500 : undefined);
      await stage.enqueue(
        aJob({ connectionIds: [connectionId], hops: 5 }),
        aJob({ connectionIds: [other], frames: [large] }),
      );
      return () => {
        delete stage.faults.failPost;
      };
    },
  },
  {
    // Jobs carry their hops and end after five, so nothing here goes round often enough.
    what: 'Lambda taking deliver for an endless loop, told at its stand-in',
    alarms: ['recursion-stopped'],
    async begin({ stack }) {
      const deliver = stack.model.functions.find(({ environment }) => 'POSTER' in environment);
      const { ofFunction } = stack.cloudWatch.serviceMetrics;
      ofFunction(deliver?.id ?? '', 'RecursiveInvocationsDropped', 1);
      return () => {};
    },
  },
  {
    what: 'members who do not read what they are sent',
    alarms: ['posts-throttled'],
    async begin(stage) {
      const ann = await stage.visit('ann');
      const full = new Set<string>();
      for (let index = 0; index < 4; index += 1) {
        full.add((await stage.visit(`full-${index}`)).connectionId);
      }
      stage.faults.failPost = (id) => (full.has(id) ? 429 : undefined);
      const stop = keepOn(300, () =>
        stage.enqueue(...[...full].map((id) => aJob({ connectionIds: [id, ann.connectionId] }))),
      );
      return async () => {
        stop();
        delete stage.faults.failPost;
        await stage.purge('DELIVERY_QUEUE_URL');
      };
    },
  },
  {
    what: 'slow tables, until the concurrency of the account is used up',
    alarms: ['functions-throttled'],
    async begin(stage) {
      const senders = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((number) => stage.visit(`sender-${number}`, 'blue')),
      );
      stage.tables.intercept(async (_call, forward) => {
        await delay(300);
        return forward();
      });
      const stop = keepOn(50, () => {
        for (const sender of senders) sender.send({ action: 'join', roomId: 'blue' });
      });
      return () => {
        stop();
        stage.tables.intercept();
      };
    },
  },
  {
    what: 'a table that is asked for more rows than it has units',
    alarms: ['tables-throttled'],
    async begin(stage) {
      const ann = await stage.visit('ann');
      const rooms = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`r${index}`, 0]));
      stage.tables.intercept(async ({ operation }, forward) =>
        operation === 'BatchGetItem' ? TOO_MUCH : forward(),
      );
      const stop = keepOn(100, () => ann.send({ action: 'ping', rooms }));
      return () => {
        stop();
        stage.tables.intercept();
      };
    },
  },
  {
    what: 'a gateway that takes seconds for every post',
    alarms: ['delivery-behind'],
    async begin(stage) {
      const ann = await stage.visit('ann');
      stage.faults.delayPostMs = 2_500;
      const stop = keepOn(50, () =>
        stage.enqueue(
          ...Array.from({ length: 10 }, () => aJob({ connectionIds: [ann.connectionId] })),
        ),
      );
      return async () => {
        stop();
        delete stage.faults.delayPostMs;
        await stage.purge('DELIVERY_QUEUE_URL');
      };
    },
  },
];

/** What befalls a stack that has been quiet for long enough to know what is usual. */
export const LATE: Trouble = {
  what: 'jobs that have waited elsewhere, moved back into the queue',
  alarms: ['delivery-slow', 'delivery-unusually-slow'],
  async begin(stage) {
    const ann = await stage.visit('ann');
    return keepOn(100, () => {
      const oldestReceivedAt = Date.now() - 20_000;
      return stage.enqueue(aJob({ connectionIds: [ann.connectionId], oldestReceivedAt }));
    });
  },
};

/** What fills the share of the quota for so long that it shows. */
export const BUSY: Trouble = {
  what: 'more to post than the share of the quota',
  alarms: ['quota-nearly-used'],
  async begin(stage) {
    const { connectionId } = await stage.visit('ann');
    const stop = keepOn(70, () => {
      const jobs = Array.from({ length: 10 }, () => aJob({ connectionIds: [connectionId] }));
      return stage.enqueue(...jobs);
    });
    return async () => {
      stop();
      await stage.purge('DELIVERY_QUEUE_URL');
    };
  },
};

/** What needs more sends in a minute than a short one has room for. */
export const HOT_ROOM: Trouble = {
  what: 'a room at the limit of its partition',
  alarms: ['sends-overloaded'],
  async begin(stage) {
    const ann = await stage.visit('ann', 'green');
    let sends = 0;
    stage.tables.intercept(async ({ operation }, forward) =>
      operation === 'TransactWriteItems' ? HOT_KEY : forward(),
    );
    const stop = keepOn(40, () => {
      sends += 1;
      const clientMessageId = `now-${sends}`;
      ann.send({ action: 'send', roomId: 'green', text: 'now', clientMessageId });
    });
    return () => {
      stop();
      stage.tables.intercept();
    };
  },
};

/** Wants to come in; whatever the answer is. */
async function knock(url: string): Promise<void> {
  const socket = new WebSocket(url);
  await Promise.race([once(socket, 'open'), once(socket, 'error')]).catch(() => {});
  socket.on('error', () => {});
  socket.terminate();
}
