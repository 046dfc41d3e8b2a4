import { createState, type State } from './state.ts';

/**
 * A value that outlives the page and is the same in all tabs; where nothing can be stored, a value of
 * this page. It is watched for as long as the page is open.
 *
 * @param read makes sense of what is stored, and of nothing: of `undefined`.
 */
export function createStoredState<T>(key: string, read: (stored: unknown) => T): State<T> {
  const state = createState(read(load(key)));
  window.addEventListener('storage', ({ key: changed, newValue }) => {
    if (changed === key) state.set(read(parse(newValue)));
  });
  return {
    ...state,
    set(next) {
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Full or forbidden.
      }
      state.set(next);
    },
  };
}

function load(key: string): unknown {
  try {
    return parse(localStorage.getItem(key));
  } catch {
    return undefined;
  }
}

function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
