import { createClient } from './create-client.ts';
import type { ChatClient as ChatClientContract, ChatClientOptions } from './types.ts';

export type ChatClient = ChatClientContract;

/** See `docs/client.md`. A function that makes an object serves `new` as well as a class. */
export const ChatClient = createClient as unknown as new (options: ChatClientOptions) => ChatClient;
