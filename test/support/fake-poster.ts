import type { Poster, PostOutcome } from '../../shared/domain/ports.ts';

export interface FakePoster extends Poster {
  /** The next posts to a connection end like this; what is not scripted is delivered. */
  script(connectionId: string, ...outcomes: PostOutcome[]): void;
  /** Every post to a connection ends like this from now on. */
  always(connectionId: string, outcome: PostOutcome): void;
  /** The frames that a connection was given, in order. */
  framesAt(connectionId: string): string[];
  /** Every post, in order. */
  readonly posts: readonly { connectionId: string; frame: string; outcome: PostOutcome }[];
  /** The most posts that were under way at once. */
  readonly mostAtOnce: number;
}

/** The sockets of all connections, as seen from `@connections`. */
export function createFakePoster(): FakePoster {
  const posts: { connectionId: string; frame: string; outcome: PostOutcome }[] = [];
  const scripts = new Map<string, PostOutcome[]>();
  const constants = new Map<string, PostOutcome>();
  let underWay = 0;
  let mostAtOnce = 0;
  return {
    posts,
    get mostAtOnce() {
      return mostAtOnce;
    },
    script: (connectionId, ...outcomes) => {
      scripts.set(connectionId, [...(scripts.get(connectionId) ?? []), ...outcomes]);
    },
    always: (connectionId, outcome) => {
      constants.set(connectionId, outcome);
    },
    framesAt: (connectionId) =>
      posts
        .filter((post) => post.connectionId === connectionId && post.outcome === 'delivered')
        .map(({ frame }) => frame),
    async post(connectionId, frame) {
      underWay += 1;
      mostAtOnce = Math.max(mostAtOnce, underWay);
      await Promise.resolve();
      underWay -= 1;
      const scripted = scripts.get(connectionId)?.shift();
      const outcome = scripted ?? constants.get(connectionId) ?? 'delivered';
      posts.push({ connectionId, frame, outcome });
      return outcome;
    },
  };
}
