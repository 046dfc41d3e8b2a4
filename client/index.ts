export { ChatClient } from './chat-client.ts';
export { ChatClientError } from './errors.ts';
export type { HistoryPage, HistoryQuery, LogEntry, LogPage, PageQuery } from './history.ts';
export type { Presence } from './presence.ts';
export type { ReadOptions } from './read-room.ts';
export type { RoomInside } from './room-inside.ts';
export type { WebSocketConstructor, WebSocketLike } from './socket.ts';
export type { ChatStorage, Persistence, StoredClient, StoredRoom, TextStore } from './storage.ts';
export type {
  ChatClientOptions,
  ChatError,
  ClientErrorCode,
  ClientEvents,
  Clock,
  ConnectionState,
  DownReason,
  Json,
  Listener,
  Message,
  OutboxChange,
  OutboxItem,
  OutboxState,
  Room,
  RoomEvents,
  RoomOptions,
  RoomState,
  SendOptions,
  Sent,
  StateChange,
  TravelTimes,
  Unsubscribe,
  WakeSource,
} from './types.ts';
