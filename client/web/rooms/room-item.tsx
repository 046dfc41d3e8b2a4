import { useEffect } from 'react';
import { useMessages, useTyping } from '../../react/index.ts';
import { shortTime } from '../language/dates.ts';
import { useLanguage } from '../language/language.ts';
import { useStateOf } from '../store/use-state-of.ts';
import { countUnread, markRead, useUser } from '../store/user-state.ts';
import classes from './room-item.module.css';
import { roomHref } from './room-route.ts';

/** Being in the list is being in the room: it stays joined while others are shown. */
export function RoomItem({ roomId, isCurrent }: { roomId: string; isCurrent: boolean }) {
  const language = useLanguage();
  const user = useUser();
  const { messages, isLoading } = useMessages(roomId, { history: 1 });
  const { users: typists } = useTyping(roomId);
  const last = messages.at(-1);
  const lastSeq = last?.seq ?? (isLoading ? undefined : 0);
  const isOwn = last?.userId === user.session.userId;
  const read = useStateOf(user.read)[roomId];
  const isReading = useStateOf(user.reading) === roomId;
  const isNew = read !== undefined && last !== undefined && !isReading;
  const unread = isNew ? Math.max(0, last.seq - read) : 0;

  useEffect(() => {
    // What was said before the first visit is nobody's unread; who writes has read.
    if (lastSeq !== undefined && (read === undefined || isOwn)) markRead(user, roomId, lastSeq);
  }, [user, roomId, lastSeq, read, isOwn]);

  useEffect(() => {
    countUnread(user, roomId, unread);
    return () => countUnread(user, roomId, 0);
  }, [user, roomId, unread]);

  const { text } = language;
  return (
    <li>
      <a
        className={classes.room}
        href={roomHref(roomId)}
        aria-current={isCurrent ? 'page' : undefined}
        data-unread={unread > 0 || undefined}
      >
        <span className={classes.name}>{roomId}</span>
        {last && (
          <time className={classes.time} dateTime={last.sentAt}>
            {shortTime(language, last.sentAt, new Date())}
          </time>
        )}
        <span className={classes.last}>
          {typists.length > 0 ? (
            <em>{text.typing(typists)}</em>
          ) : last ? (
            <>
              <bdi>{isOwn ? text.you : last.userId}</bdi>
              {': '}
              <bdi>{last.text}</bdi>
            </>
          ) : (
            text.noMessagesYet
          )}
        </span>
        {unread > 0 && (
          <span className={classes.unread}>
            <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
            <span className="visually-hidden">{text.unread(unread)}</span>
          </span>
        )}
      </a>
    </li>
  );
}
