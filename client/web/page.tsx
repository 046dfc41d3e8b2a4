import { useEffect, useMemo, useState } from 'react';
import type { ChatClientOptions } from '../index.ts';
import { ChatProvider } from '../react/index.ts';
import { type PageConfig, toWebSocketUrl } from './boot/page-config.ts';
import type { Session } from './boot/session.ts';
import { createTabStorage } from './connection/tab-storage.ts';
import { createWake } from './connection/wake.ts';
import { LANGUAGES, LanguageContext } from './language/language.ts';
import { Layout } from './layout.tsx';
import { languageOf, settings } from './settings/settings.ts';
import type { State } from './store/state.ts';
import { useStateOf } from './store/use-state-of.ts';
import { createUserState, UserProvider } from './store/user-state.ts';

/** For a stack with open access: everybody picks a name. */
export function GuestPage({ config, guest }: { config: PageConfig; guest: State<Session> }) {
  const session = useStateOf(guest);
  return <Page key={session.userId} config={config} session={session} />;
}

/** For a stack with an issuer. */
export function AccountPage({ config, session }: { config: PageConfig; session: Session }) {
  return <Page config={config} session={session} />;
}

function Page({ config, session }: { config: PageConfig; session: Session }) {
  const [{ user, options }] = useState(() => {
    const wake = createWake();
    const client: ChatClientOptions = {
      url: toWebSocketUrl(config.webSocketUrl, location.href),
      ...session.credentials,
      storage: createTabStorage(session.userId),
      onWake: wake.source,
      ...(config.maxAgeMs === undefined ? {} : { maxAgeMs: config.maxAgeMs }),
    };
    return { user: createUserState(session, config.travelTimes, wake.now), options: client };
  });
  const tag = languageOf(useStateOf(settings));
  const language = useMemo(() => ({ tag, text: LANGUAGES[tag] }), [tag]);
  useEffect(() => {
    document.documentElement.lang = tag;
  }, [tag]);

  return (
    <LanguageContext value={language}>
      <UserProvider value={user}>
        <ChatProvider options={options}>
          <Layout />
        </ChatProvider>
      </UserProvider>
    </LanguageContext>
  );
}
