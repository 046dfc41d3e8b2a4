import { useEffect } from 'react';
import { useStateOf } from './store/use-state-of.ts';
import { useUser } from './store/user-state.ts';

/** The tab tells the room, and what is unread anywhere. Draws nothing, so that nothing is drawn anew. */
export function PageTitle({ roomId }: { roomId: string | undefined }) {
  const unread = Object.values(useStateOf(useUser().unread)).reduce((sum, count) => sum + count, 0);
  useEffect(() => {
    const count = unread > 0 ? `(${unread}) ` : '';
    document.title = `${count}${roomId === undefined ? '' : `${roomId} · `}Roomcast`;
  }, [roomId, unread]);
  return null;
}
