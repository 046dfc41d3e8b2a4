/** Graphs of the dashboard by their titles in `infra/constructs`; each is one of a healthy stack's. */
export const GRAPHS = {
  connections: 'Connections (a minute)',
  coldStarts: 'Cold starts',
  latency: 'From the sender to each member (ms)',
  posts: 'Posts against the share of the quota (a second)',
  notTaken: 'Recipients that do not take their frames',
  gotNothing: 'Recipients that got nothing',
  messages: 'Messages (a minute)',
  deliveries: 'Deliveries (a minute)',
  framesPerMessage: 'Frames per message',
} as const;

/**
 * Graphs that stay at zero, or empty, while all is well: of trouble, of rooms that are paced, and of
 * environments that were started, which a stack that is warm already does not do.
 */
export const AT_REST_WHEN_WELL: readonly string[] = [
  'Functions that fail',
  'Requests answered with INTERNAL',
  'API Gateway errors',
  'Requests refused',
  GRAPHS.coldStarts,
  'Once more',
  'Dead letters',
  'Batches that Lambda gave up',
  'Poison',
  GRAPHS.gotNothing,
  'Lost on purpose',
  GRAPHS.notTaken,
  'Requests told to come back later',
  'Functions throttled',
  'Tables throttled',
  'Flushes (a minute)',
  'How long messages gather (ms)',
  'Messages of hot rooms (a minute)',
];
