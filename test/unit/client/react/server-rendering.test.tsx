import { describe, expect, it } from '@jest/globals';
import { renderToString } from 'react-dom/server';
import {
  ChatProvider,
  useConnection,
  useMessages,
  usePresence,
  useRoom,
  useTyping,
} from '../../../../client/react/index.ts';

function Chat() {
  const { messages, isLoading } = useMessages('lobby');
  const shown = {
    connection: useConnection().state,
    room: useRoom('lobby').state,
    messages,
    isLoading,
    count: usePresence('lobby').count ?? null,
    typing: useTyping('lobby').users,
  };
  return <pre>{JSON.stringify(shown)}</pre>;
}

describe('rendering on a server', () => {
  it('shows that nothing is there yet, and opens nothing', () => {
    const dialled: string[] = [];
    const WebSocket = function dial(url: string) {
      dialled.push(url);
    } as never;
    const html = renderToString(
      <ChatProvider options={{ url: 'ws://chat.test/live', WebSocket }}>
        <Chat />
      </ChatProvider>,
    );
    expect(JSON.parse(html.replace(/<[^>]+>/g, '').replaceAll('&quot;', '"'))).toEqual({
      connection: 'idle',
      room: 'offline',
      messages: [],
      isLoading: true,
      count: null,
      typing: [],
    });
    expect(dialled).toEqual([]);
  });

  it('tells that a provider is missing', () => {
    expect(() => renderToString(<Chat />)).toThrow('need a <ChatProvider');
  });
});
