import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react';
import { browserWake } from '../browser-wake.ts';
import { ChatClient, type ChatClientOptions } from '../index.ts';
import { type ChatHub, createChatHub, hubOf } from './chat-hub.ts';

export type ChatProviderProps = { children?: ReactNode } & (
  | {
      /** The provider makes the client, connects on mount and closes it on unmount. Read once, except
       * that `getToken` is always the latest one: for another user, give the provider another `key`. */
      options: ChatClientOptions;
      client?: never;
    }
  | {
      /** A client of yours: `connect()` and `close()` are up to you. */
      client: ChatClient;
      options?: never;
    }
);

const HubContext = createContext<ChatHub | undefined>(undefined);

/** Gives the hooks below it their client. */
export function ChatProvider({ options, client, children }: ChatProviderProps): ReactNode {
  const latest = useRef(options);
  const [own] = useState(() =>
    options === undefined
      ? undefined
      : createChatHub(
          () =>
            new ChatClient({
              onWake: browserWake,
              ...withLatestToken(options, () => latest.current),
            }),
          options.clock,
        ),
  );
  useEffect(() => {
    latest.current = options;
  }, [options]);
  useEffect(() => own?.open(), [own]);
  const hub = client === undefined ? own : hubOf(client);
  return createElement(HubContext.Provider, { value: hub }, children);
}

/** @throws Error outside of a provider. */
export function useChatHub(): ChatHub {
  const hub = useContext(HubContext);
  if (hub === undefined) {
    throw new Error(
      'The hooks of the chat need a <ChatProvider client> or <ChatProvider options>.',
    );
  }
  return hub;
}

function withLatestToken(
  options: ChatClientOptions,
  latest: () => ChatClientOptions | undefined,
): ChatClientOptions {
  const { getToken } = options;
  if (getToken === undefined) return options;
  return { ...options, getToken: () => (latest()?.getToken ?? getToken)() };
}
