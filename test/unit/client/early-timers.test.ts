import { describe, expect, it } from '@jest/globals';
import { presence } from '../../../client/presence.ts';
import { setUpRoom } from './chat-setup.ts';
import { createVirtualClock } from './virtual-clock.ts';

/** As `setTimeout`: whole milliseconds, cut off, so that a timer fires a little early. */
function wholeMilliseconds() {
  const clock = createVirtualClock();
  return {
    clock,
    coarse: {
      now: clock.now,
      after: (delayMs: number, callback: () => void) => clock.after(Math.floor(delayMs), callback),
    },
  };
}

describe('a question that has to be asked again', () => {
  it('is asked again although the timer of its pause fires a little early', async () => {
    const { clock, coarse } = wholeMilliseconds();
    const { room, server, clock: transport } = await setUpRoom({ clock: coarse });
    let refusals = 2;
    server.refuse = ({ action }) => {
      if (action !== 'presence' || refusals === 0) return undefined;
      refusals -= 1;
      return { type: 'error', code: 'UNAVAILABLE', message: '', retryable: true };
    };
    const asked = presence(room);
    for (let round = 0; round < 100; round += 1) {
      await transport.advance(50);
      await clock.advance(50);
    }
    expect(await asked).toEqual({ count: 1, users: ['ann'] });
    expect(refusals).toBe(0);
  });
});
