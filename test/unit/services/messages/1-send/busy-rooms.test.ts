import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type BusyRooms,
  createBusyRooms,
} from '../../../../../services/messages/1-send/busy-rooms.ts';
import { rateLimited, unavailable } from '../../../../../shared/domain/errors.ts';
import { createFakeClock, type FakeClock } from '../../../../support/fake-clock.ts';

let clock: FakeClock;
let rooms: BusyRooms;

beforeEach(() => {
  clock = createFakeClock();
  rooms = createBusyRooms(clock);
});

describe('a busy room', () => {
  it('rests for as long as its senders are told to wait, and says how long it still does', () => {
    rooms.note('lobby', rateLimited('lobby'));

    clock.advance(999);
    expect(() => rooms.requireRested('lobby')).toThrow(
      expect.objectContaining({ code: 'RATE_LIMITED', retryAfterMs: 1 }),
    );
    clock.advance(1);
    expect(() => rooms.requireRested('lobby')).not.toThrow();
  });

  it('rests alone', () => {
    rooms.note('lobby', rateLimited('lobby'));

    expect(() => rooms.requireRested('hall')).not.toThrow();
  });

  it.each([
    ['a service out of reach', unavailable('busy')],
    ['a bug', new TypeError('undefined is not a function')],
  ])('is not made by %s', (_title, error) => {
    rooms.note('lobby', error);

    expect(() => rooms.requireRested('lobby')).not.toThrow();
  });
});
