import type { RoomState } from '../../index.ts';
import { useTyping } from '../../react/index.ts';
import { useText } from '../language/language.ts';
import { useUser } from '../store/user-state.ts';
import classes from './typists.module.css';

interface TypistsProps {
  roomId: string;
  state: RoomState;
  /** Messages are late. */
  isLate: boolean;
}

/** One line between messages and field; it keeps its height, so that nothing moves. */
export function Typists({ roomId, state, isLate }: TypistsProps) {
  const text = useText();
  const { userId } = useUser().session;
  const others = useTyping(roomId).users.filter((user) => user !== userId);
  return (
    <p className={classes.line}>
      {state === 'catching-up'
        ? text.catchingUp
        : isLate
          ? text.lateMessages
          : others.length > 0
            ? text.typing(others)
            : null}
    </p>
  );
}
