import { proposeName, readName } from './guest-name.ts';
import type { Session } from './session.ts';

const NAME_KEY = 'roomcast.name';
/** A tab of somebody else: the name stands in its address, so that a reload keeps it. */
const NAME_PARAMETER = 'as';

export interface Guest {
  get(): Session;
  subscribe(listener: () => void): () => void;
}

/** Whoever visits a stack with open access: the name of this tab, or of this browser, or a new one. */
export function createGuest(random: () => number): Guest {
  const listeners = new Set<() => void>();
  const ofTab = () => readName(new URLSearchParams(location.search).get(NAME_PARAMETER));
  let session = sessionOf(ofTab() ?? readName(load()) ?? keep(proposeName(random)));

  function sessionOf(userId: string): Session {
    return { userId, credentials: { userId }, rename };
  }

  function rename(name: string): void {
    if (ofTab() === undefined) keep(name);
    else history.replaceState(undefined, '', tabHref(name, location.hash));
    session = sessionOf(name);
    for (const listener of [...listeners]) listener();
  }

  return {
    get: () => session,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
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
