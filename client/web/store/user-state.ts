import { createContext, useContext } from 'react';
import type { Session } from '../boot/session.ts';
import { isRoomId, LOBBY } from '../rooms/room-id.ts';
import { createState, type State } from './state.ts';
import { createStoredState } from './stored-state.ts';

/** What the page remembers of one user, in this browser. */
export interface UserState {
  session: Session;
  /** The rooms in the list, in their order. */
  rooms: State<readonly string[]>;
  /** The last number read, by room. */
  read: State<Readonly<Record<string, number>>>;
  /** The room whose newest message is in view: nothing in it is unread for a moment, either. */
  reading: State<string | undefined>;
  /** How many messages are not read, by room; rooms without any are absent. */
  unread: State<Readonly<Record<string, number>>>;
  /** What was typed and not sent, by room; for as long as the page is open. */
  drafts: Map<string, string>;
  /** The stack tells how messages travel. */
  tellsTravel: boolean;
  reconnectNow(): void;
}

export function createUserState(
  session: Session,
  tellsTravel: boolean,
  reconnectNow: () => void,
): UserState {
  return {
    session,
    rooms: createStoredState(`roomcast.rooms.${session.userId}`, readRooms),
    read: createStoredState(`roomcast.read.${session.userId}`, readMarks),
    reading: createState<string | undefined>(undefined),
    unread: createState({}),
    drafts: new Map(),
    tellsTravel,
    reconnectNow,
  };
}

export function addRoom({ rooms }: UserState, roomId: string): void {
  if (!rooms.get().includes(roomId)) rooms.set([...rooms.get(), roomId]);
}

export function removeRoom({ rooms, read, drafts }: UserState, roomId: string): void {
  const { [roomId]: _, ...rest } = read.get();
  read.set(rest);
  drafts.delete(roomId);
  rooms.set(rooms.get().filter((other) => other !== roomId));
}

/** Reading only ever goes forward. */
export function markRead({ read }: UserState, roomId: string, seq: number): void {
  const marks = read.get();
  if (seq > (marks[roomId] ?? -1)) read.set({ ...marks, [roomId]: seq });
}

export function countUnread({ unread }: UserState, roomId: string, count: number): void {
  const { [roomId]: before = 0, ...rest } = unread.get();
  if (count !== before) unread.set(count === 0 ? rest : { ...rest, [roomId]: count });
}

const UserContext = createContext<UserState | undefined>(undefined);
export const UserProvider = UserContext.Provider;

export function useUser(): UserState {
  const user = useContext(UserContext);
  if (user === undefined) throw new Error('There is no <UserProvider> above.');
  return user;
}

function readRooms(stored: unknown): readonly string[] {
  if (!Array.isArray(stored)) return [LOBBY];
  return [...new Set(stored.filter((id) => typeof id === 'string' && isRoomId(id)))];
}

function readMarks(stored: unknown): Record<string, number> {
  if (typeof stored !== 'object' || stored === null) return {};
  return Object.fromEntries(
    Object.entries(stored).filter(([, seq]) => typeof seq === 'number' && seq >= 0),
  );
}
