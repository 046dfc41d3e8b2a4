import { useState } from 'react';
import { usePresence } from '../../react/index.ts';
import { Icon } from '../icons.tsx';
import { useText } from '../language/language.ts';
import { Modal } from '../modal.tsx';
import { People } from '../people/people.tsx';
import { LIST_HREF } from '../rooms/room-route.ts';
import classes from './header.module.css';
import { RoomActions } from './room-actions.tsx';

export function Header({ roomId }: { roomId: string }) {
  const text = useText();
  const { count } = usePresence(roomId);
  const [isOpen, setOpen] = useState(false);
  return (
    <header className={classes.header}>
      <a className={classes.back} href={LIST_HREF} aria-label={text.showRooms}>
        <Icon name="back" />
      </a>
      <h1 className={classes.name}>{roomId}</h1>
      {/* Where there is space for it, all this stands beside the messages. */}
      <button
        type="button"
        className={classes.details}
        aria-label={text.roomMenu(roomId, count ?? 0)}
        onClick={() => setOpen(true)}
      >
        <Icon name="people" />
        {count}
      </button>
      <Modal isOpen={isOpen} onClose={() => setOpen(false)} title={text.people}>
        <People roomId={roomId} />
        <RoomActions roomId={roomId} />
      </Modal>
    </header>
  );
}
