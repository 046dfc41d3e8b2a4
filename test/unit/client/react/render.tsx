import { setImmediate } from 'node:timers';
import { act, type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ChatProvider } from '../../../../client/react/index.ts';
import type { ChatClientOptions } from '../../../../client/types.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import { createFakeServer } from '../fake-server.ts';
import { createVirtualClock } from '../virtual-clock.ts';

// jsdom has no setImmediate, which the virtual clock settles promises with.
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true, setImmediate });

/** A server and a page on one virtual clock. The user is `ann`; others are published as `bob`. */
export function setUpPage(options: Partial<ChatClientOptions> = {}) {
  const clock = createVirtualClock();
  const server = createFakeServer(clock);
  const container = document.createElement('div');
  const root = createRoot(container);
  const clientOptions: ChatClientOptions = {
    url: 'ws://chat.test/live',
    userId: 'ann',
    WebSocket: server.WebSocket,
    clock,
    random: seededRandom(1),
    onWake: () => () => {},
    ...options,
  };

  const page = {
    clock,
    server,
    container,
    clientOptions,
    /** Renders, under StrictMode, what the page shows from now on. */
    render: (children: ReactNode) =>
      act(async () => root.render(<StrictMode>{children}</StrictMode>)),
    /** As `render`, within a provider, and connected. */
    async show(children: ReactNode) {
      await page.render(<ChatProvider options={clientOptions}>{children}</ChatProvider>);
      await page.pass(100);
    },
    pass: (ms: number) => act(() => clock.advance(ms)),
    /** Does something, and lets the page follow. */
    do: async (action: () => unknown, forMs = 100) => {
      await act(async () => void action());
      await page.pass(forMs);
    },
    unmount: () => act(async () => root.unmount()),
  };
  return page;
}

/** An element that shows nothing and tells what its hook returned. */
export function createProbe<P extends object, T>(useHook: (props: P) => T) {
  const seen: T[] = [];
  return {
    element: (props: P, key?: string) => <Probe key={key} look={() => seen.push(useHook(props))} />,
    seen,
    get now(): T {
      const last = seen.at(-1);
      if (last === undefined) throw new Error('The probe was not rendered yet.');
      return last;
    },
  };
}

function Probe({ look }: { look: () => void }): ReactNode {
  look();
  return null;
}
