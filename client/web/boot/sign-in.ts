import { UserManager } from 'oidc-client-ts';
import { createState } from '../store/state.ts';
import type { Identity } from './page-config.ts';
import type { Session } from './session.ts';

/** Seconds before its end from which a token counts as ended: it has to travel and to be checked. */
const RENEW_BEFORE_S = 30;

/**
 * Signs in at the issuer: authorisation code with PKCE. Resolves with nothing when the page is on its
 * way there; it comes back to where it was. Tokens are kept for the tab and renewed when one is needed.
 */
export async function signIn(
  identity: Extract<Identity, { kind: 'oidc' }>,
): Promise<Session | undefined> {
  const { issuer, clientId, audience } = identity;
  const showsIdToken = audience === clientId;
  const home = new URL('.', location.href).href;
  const manager = new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: home,
    post_logout_redirect_uri: home,
    scope: 'openid offline_access',
    accessTokenExpiringNotificationTimeInSeconds: RENEW_BEFORE_S,
    ...(showsIdToken ? {} : { extraQueryParams: { audience } }),
  });
  const isValid = createState(true);

  const leave = () => manager.signinRedirect({ state: location.hash });

  async function currentUser() {
    const user = await manager.getUser();
    const isFresh = user !== null && (user.expires_in ?? 0) > RENEW_BEFORE_S;
    return isFresh ? user : manager.signinSilent();
  }

  async function getToken(): Promise<string> {
    try {
      const user = await currentUser();
      const token = showsIdToken ? user?.id_token : user?.access_token;
      if (token === undefined) throw new Error('The issuer gave no token.');
      isValid.set(true);
      return token;
    } catch (error) {
      // Offline is no reason to sign in again.
      if (navigator.onLine) isValid.set(false);
      throw error;
    }
  }

  const parameters = new URLSearchParams(location.search);
  if (parameters.has('state') && (parameters.has('code') || parameters.has('error'))) {
    const { state } = await manager.signinRedirectCallback();
    history.replaceState(undefined, '', `${home}${typeof state === 'string' ? state : ''}`);
  }
  const user = await manager.getUser();
  if (user === null) {
    await leave();
    return undefined;
  }
  return {
    userId: user.profile.sub,
    credentials: { getToken },
    account: {
      isValid,
      signInAgain: () => void leave(),
      signOut: () => void manager.signoutRedirect().catch(() => manager.removeUser().then(leave)),
    },
  };
}
