import { useMemo, useSyncExternalStore } from 'react';
import type { Room } from '../index.ts';
import { useChatHub } from './chat-provider.ts';
import { OFFLINE, type RoomStatus } from './room-store.ts';

export interface UseRoom extends RoomStatus {
  /** As `room.send`. The same function as long as the room is the same. */
  readonly send: Room['send'];
}

/** Joins the room while mounted, once however many components ask for it. */
export function useRoom(roomId: string): UseRoom {
  const { status, messages } = useChatHub().room(roomId);
  const { state, room } = useSyncExternalStore(status.subscribe, status.get, () => OFFLINE);
  const { send } = messages;
  return useMemo(() => ({ state, room, send }), [state, room, send]);
}
