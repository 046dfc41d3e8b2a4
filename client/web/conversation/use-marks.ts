import { useEffect, useState } from 'react';
import type { Message, Room } from '../../index.ts';
import type { UseMessages } from '../../react/index.ts';
import { markRead, useUser } from '../store/user-state.ts';
import { lastKept, type Marks } from './timeline.ts';
import { useIsPageVisible } from './use-is-page-visible.ts';

interface MarksOptions {
  roomId: string;
  room: Room | undefined;
  messages: readonly Message[];
  reset: UseMessages['reset'];
  hasEarlier: boolean;
  /** The newest message is in view. */
  isAtEnd: boolean;
}

/**
 * Keeps what is read, and where the line stands: below what was read when something new came that
 * nobody looked at. It stays there for as long as the room is shown, or until somebody writes.
 */
export function useMarks(options: MarksOptions) {
  const { roomId, room, messages, reset, hasEarlier, isAtEnd } = options;
  const user = useUser();
  const isReading = useIsPageVisible() && isAtEnd;
  const lastSeq = messages.at(-1)?.seq;
  const [readUpTo, setReadUpTo] = useState(
    () => user.read.get()[roomId] ?? Number.POSITIVE_INFINITY,
  );
  const [newAfter, setNewAfter] = useState<number | undefined>(() => finite(readUpTo));
  const [missed, setMissed] = useMissed(room);

  useEffect(() => {
    if (!isReading) return undefined;
    user.reading.set(roomId);
    return () => user.reading.set(undefined);
  }, [user, roomId, isReading]);

  useEffect(() => {
    if (lastSeq === undefined) return;
    if (isReading) {
      markRead(user, roomId, lastSeq);
      setReadUpTo(lastSeq);
    } else if (Number.isFinite(readUpTo) && lastSeq > readUpTo) {
      setNewAfter((line) => Math.max(line ?? 0, readUpTo));
    }
  }, [user, roomId, lastSeq, isReading, readUpTo]);

  const lost = reset && { after: lastKept(reset), reason: reset.reason };
  return {
    shown: { newAfter, missed, reset: lost, hasEarlier } satisfies Marks,
    readUpTo,
    clear() {
      setNewAfter(undefined);
      setMissed(undefined);
    },
  };
}

/** What came while the connection was lost. */
function useMissed(room: Room | undefined) {
  const [missed, setMissed] = useState<Marks['missed']>();
  useEffect(() => {
    if (room === undefined) return undefined;
    let after = room.state === 'live' ? undefined : room.position;
    return room.on('state', ({ state }) => {
      if (state === 'offline') after ??= room.position;
      if (state !== 'live' || after === undefined) return;
      const count = (room.position ?? 0) - after;
      if (count > 0) setMissed({ after, count });
      after = undefined;
    });
  }, [room]);
  return [missed, setMissed] as const;
}

const finite = (seq: number) => (Number.isFinite(seq) ? seq : undefined);
