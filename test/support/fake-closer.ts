import type { Closer } from '../../shared/domain/ports.ts';

export interface FakeCloser extends Closer {
  /** Whom somebody tried to close, in order. */
  readonly asked: readonly string[];
  /** Closing fails from now on, or no longer. */
  refuse(isRefusing: boolean): void;
}

export function createFakeCloser(): FakeCloser {
  const asked: string[] = [];
  let isRefusing = false;
  return {
    asked,
    refuse: (next) => {
      isRefusing = next;
    },
    close: async (connectionId) => {
      asked.push(connectionId);
      return !isRefusing;
    },
  };
}
