import { Icon } from '../icons.tsx';
import { useText } from '../language/language.ts';
import { Monogram } from '../people/monogram.tsx';
import { useStateOf } from '../store/use-state-of.ts';
import { useUser } from '../store/user-state.ts';
import { RoomItem } from './room-item.tsx';
import classes from './room-list.module.css';

interface RoomListProps {
  current: string | undefined;
  onJoin: () => void;
  onSettings: () => void;
}

export function RoomList({ current, onJoin, onSettings }: RoomListProps) {
  const text = useText();
  const { rooms, session } = useUser();
  const roomIds = useStateOf(rooms);
  const Heading = current === undefined ? 'h1' : 'h2';
  return (
    <div className={classes.list}>
      <header className={classes.header}>
        <Heading>{text.rooms}</Heading>
        <button type="button" className="icon-button" aria-label={text.joinRoom} onClick={onJoin}>
          <Icon name="plus" />
        </button>
      </header>
      <ul className={classes.rooms}>
        {roomIds.map((roomId) => (
          <RoomItem key={roomId} roomId={roomId} isCurrent={roomId === current} />
        ))}
        {roomIds.length === 0 && <li className={classes.empty}>{text.noRooms}</li>}
      </ul>
      <footer className={classes.footer}>
        <Monogram name={session.userId} />
        <bdi className={classes.me}>{session.userId}</bdi>
        <button
          type="button"
          className="icon-button"
          aria-label={text.settings}
          onClick={onSettings}
        >
          <Icon name="gear" />
        </button>
      </footer>
    </div>
  );
}
