import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createGuest } from './boot/guest.ts';
import { loadPageConfig, type PageConfig } from './boot/page-config.ts';
import { StartFailure } from './boot/start-failure.tsx';
import { AccountPage, GuestPage } from './page.tsx';
import { applyAppearance, settings } from './settings/settings.ts';

async function choosePage(config: PageConfig): Promise<ReactNode> {
  if (config.identity.kind === 'open') {
    return <GuestPage config={config} guest={createGuest(Math.random)} />;
  }
  // Only where somebody has to sign in is the library for it loaded.
  const { signIn } = await import('./boot/sign-in.ts');
  const session = await signIn(config.identity);
  return session && <AccountPage config={config} session={session} />;
}

applyAppearance(settings.get());
settings.subscribe(() => applyAppearance(settings.get()));

const root = createRoot(document.getElementById('page') as HTMLElement);
try {
  root.render(<StrictMode>{await choosePage(await loadPageConfig())}</StrictMode>);
} catch (error) {
  root.render(<StartFailure error={error} />);
}
