export { ChatProvider, type ChatProviderProps } from './chat-provider.ts';
export type { ConnectionStatus } from './connection-store.ts';
export type { PendingMessage } from './pending-list.ts';
export { useConnection } from './use-connection.ts';
export { type UseMessages, type UseMessagesOptions, useMessages } from './use-messages.ts';
export { type UsePresence, usePresence } from './use-presence.ts';
export { type UseRoom, useRoom } from './use-room.ts';
export { type UseTyping, useTyping } from './use-typing.ts';
