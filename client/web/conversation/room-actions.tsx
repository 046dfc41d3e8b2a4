import { useState } from 'react';
import { useText } from '../language/language.ts';
import { LIST_HREF, roomHref } from '../rooms/room-route.ts';
import { goTo } from '../rooms/use-route.ts';
import { removeRoom, useUser } from '../store/user-state.ts';
import classes from './room-actions.module.css';

/** What one may do with a room, besides talking in it. */
export function RoomActions({ roomId }: { roomId: string }) {
  const text = useText();
  const user = useUser();
  const [isCopied, setCopied] = useState(false);

  const copyLink = async () => {
    // Without the name of a tab's guest: whoever follows it is somebody else.
    const link = new URL(`./${roomHref(roomId)}`, location.href);
    await navigator.clipboard.writeText(link.href);
    setCopied(true);
  };
  const leave = () => {
    const rooms = user.rooms.get();
    const at = rooms.indexOf(roomId);
    const next = rooms[at + 1] ?? rooms[at - 1];
    goTo(next === undefined ? LIST_HREF : roomHref(next));
    removeRoom(user, roomId);
  };

  return (
    <div className={classes.actions}>
      <button type="button" className="button" onClick={copyLink}>
        {text.copyLink}
      </button>
      <button type="button" className="button" onClick={leave}>
        {text.leaveRoom}
      </button>
      <p className="hint" role="status">
        {isCopied && text.linkCopied}
      </p>
    </div>
  );
}
