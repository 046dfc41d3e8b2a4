import { useEffect, useRef } from 'react';
import { roomHref } from './room-route.ts';
import { goTo } from './use-route.ts';

/** Alt + ↑ and ↓ walk through the rooms; Ctrl or ⌘ + K joins one. */
export function useRoomKeys(
  rooms: readonly string[],
  current: string | undefined,
  onJoin: () => void,
): void {
  const latest = useRef({ rooms, current, onJoin });
  useEffect(() => {
    latest.current = { rooms, current, onJoin };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { rooms, current, onJoin } = latest.current;
      if ((event.ctrlKey || event.metaKey) && event.key === 'k') {
        event.preventDefault();
        onJoin();
      }
      const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
      if (!event.altKey || step === 0) return;
      event.preventDefault();
      const next = rooms[rooms.indexOf(current ?? '') + step];
      if (next !== undefined) goTo(roomHref(next));
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
