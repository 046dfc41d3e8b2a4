import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createInbox } from '../../../../local/gateway/inbox.ts';

describe('inbox', () => {
  function start(maxInProgress: number) {
    const log: string[] = [];
    const finish = new Map<string, () => void>();
    const receive = createInbox(
      maxInProgress,
      (text) => {
        log.push(text);
        return new Promise((resolve) => finish.set(text, resolve));
      },
      { pause: () => log.push('pause'), resume: () => log.push('resume') },
    );
    return {
      log,
      receive,
      async finish(text: string) {
        finish.get(text)?.();
        await setImmediate();
      },
    };
  }

  it('starts messages at once up to its limit, without pausing', () => {
    const { log, receive } = start(2);
    receive('a');
    receive('b');
    expect(log).toEqual(['a', 'b']);
  });

  it('pauses the sender beyond, and resumes it when nothing waits any more', async () => {
    const { log, receive, finish } = start(1);
    receive('a');
    receive('b');
    receive('c');
    expect(log).toEqual(['a', 'pause', 'pause']);
    await finish('a');
    expect(log).toEqual(['a', 'pause', 'pause', 'b']);
    await finish('b');
    expect(log).toEqual(['a', 'pause', 'pause', 'b', 'resume', 'c']);
  });

  it('has its full room again after it has been full', async () => {
    const { log, receive, finish } = start(1);
    receive('a');
    receive('b');
    await finish('a');
    await finish('b');
    receive('c');
    expect(log).toEqual(['a', 'pause', 'resume', 'b', 'c']);
  });
});
