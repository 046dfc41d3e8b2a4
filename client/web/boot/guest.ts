import { createState, type State } from '../store/state.ts';
import { proposeName, readName } from './guest-name.ts';
import type { Session } from './session.ts';

const NAME_KEY = 'roomcast.name';
/** A tab of somebody else: the name stands in its address, so that a reload keeps it. */
const NAME_PARAMETER = 'as';

/** Whoever visits a stack with open access: the name of this tab, or of this browser, or a new one. */
export function createGuest(random: () => number): State<Session> {
  const ofTab = () => readName(new URLSearchParams(location.search).get(NAME_PARAMETER));
  const session = createState(sessionOf(ofTab() ?? readName(load()) ?? keep(proposeName(random))));

  function sessionOf(userId: string): Session {
    return { userId, credentials: { userId }, rename };
  }

  function rename(name: string): void {
    if (ofTab() === undefined) keep(name);
    else history.replaceState(undefined, '', tabHref(name, location.hash));
    session.set(sessionOf(name));
  }

  return session;
}

/** The page as another guest. */
export function tabHref(name: string, hash: string): string {
  return `?${NAME_PARAMETER}=${encodeURIComponent(name)}${hash}`;
}

function load(): string | null {
  try {
    return localStorage.getItem(NAME_KEY);
  } catch {
    return null;
  }
}

function keep(name: string): string {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // Forbidden: it holds for as long as the page does.
  }
  return name;
}
