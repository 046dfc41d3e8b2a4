import { useSyncExternalStore } from 'react';
import type { State } from './state.ts';

export function useStateOf<T>({ subscribe, get }: Pick<State<T>, 'subscribe' | 'get'>): T {
  return useSyncExternalStore(subscribe, get);
}
