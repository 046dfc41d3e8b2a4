import { usePresence, useRoom } from '../../react/index.ts';
import { useText } from '../language/language.ts';
import { useUser } from '../store/user-state.ts';
import { Monogram } from './monogram.tsx';
import classes from './people.module.css';

/** Who is in the room, each once, however many tabs they have. */
export function People({ roomId }: { roomId: string }) {
  const text = useText();
  const { userId } = useUser().session;
  const { users, count, error, refresh } = usePresence(roomId);
  const { state } = useRoom(roomId);
  if (error !== undefined && state === 'live') {
    return (
      <div className={classes.unknown}>
        <p>{text.peopleUnknown}</p>
        <button type="button" className="button" onClick={refresh}>
          {text.ask}
        </button>
      </div>
    );
  }
  const others = users.length === 200 && count !== undefined ? count - users.length : 0;
  return (
    <ul className={classes.people}>
      {users.map((user) => (
        <li key={user}>
          <Monogram name={user} />
          <bdi>{user}</bdi>
          {user === userId && <span className={classes.you}>{text.you}</span>}
        </li>
      ))}
      {others > 0 && <li className={classes.you}>{text.andMore(others)}</li>}
    </ul>
  );
}
