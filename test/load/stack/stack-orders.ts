import type { StackFigures } from './load-stack.ts';

/** What the process of a local stack can be told. */
export interface StackOrders {
  start: { order: Record<never, never>; answer: { url: string } };
  figures: { order: Record<never, never>; answer: StackFigures };
  stop: { order: Record<never, never>; answer: undefined };
}
