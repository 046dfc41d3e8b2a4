import type { StackFigures } from './load-stack.ts';

export interface StackSettings {
  /** Absent: as it is deployed by default. */
  postsPerSecond?: number | undefined;
}

/** What the process of a local stack can be told. */
export interface StackOrders {
  start: { order: StackSettings; answer: { url: string } };
  figures: { order: Record<never, never>; answer: StackFigures };
  stop: { order: Record<never, never>; answer: undefined };
}
