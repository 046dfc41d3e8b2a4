import { memo } from 'react';
import { dayName, fullTime, timeOfDay } from '../language/dates.ts';
import { useLanguage, useText } from '../language/language.ts';
import { Monogram } from '../people/monogram.tsx';
import { useUser } from '../store/user-state.ts';
import classes from './message-row.module.css';
import { MessageText } from './message-text.tsx';
import { PendingState } from './pending-state.tsx';
import { ResetNotice } from './reset-notice.tsx';
import type { Entry, Framing } from './timeline.ts';

interface MessageRowProps extends Framing {
  roomId: string;
  entry: Entry;
  missedCount: number;
  onRetry: (key: string) => void;
  onDiscard: (key: string) => void;
}

/** One message with what stands above it. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { entry, startsGroup, onRetry, onDiscard } = props;
  const language = useLanguage();
  const { userId } = useUser().session;
  const isPending = entry.kind === 'pending';
  const author = isPending ? userId : entry.message.userId;
  const isOwn = isPending || entry.isOwn;
  const sentAt = isPending ? undefined : entry.message.sentAt;
  const time = sentAt && (
    <time className={classes.time} dateTime={sentAt} title={fullTime(language, sentAt)}>
      {timeOfDay(language, sentAt)}
    </time>
  );
  return (
    <>
      <Separators {...props} />
      <article className={classes.message} data-start={startsGroup || undefined}>
        <div className={classes.margin}>{startsGroup ? <Monogram name={author} /> : time}</div>
        <div className={classes.content}>
          <p className={startsGroup ? classes.author : 'visually-hidden'}>
            <bdi data-own={isOwn || undefined}>{author}</bdi>
            {startsGroup && time}
          </p>
          {isPending ? (
            <>
              <MessageText text={entry.pending.text} isFaint={entry.pending.state !== 'stored'} />
              <PendingState pending={entry.pending} onRetry={onRetry} onDiscard={onDiscard} />
            </>
          ) : (
            <MessageText text={entry.message.text} />
          )}
        </div>
      </article>
    </>
  );
});

function Separators(props: MessageRowProps) {
  const { roomId, entry, isBeginning, startsDay, line, reset, missedCount } = props;
  const language = useLanguage();
  const text = useText();
  return (
    <>
      {isBeginning && <p className={classes.beginning}>{text.beginning(roomId)}</p>}
      {reset && <ResetNotice reason={reset} />}
      {startsDay && entry.kind === 'message' && (
        <h2 className={classes.day}>{dayName(language, entry.message.sentAt, new Date())}</h2>
      )}
      {line && (
        <p className={classes.line}>
          <span>{line === 'new' ? text.newMessages : text.missed(missedCount)}</span>
        </p>
      )}
    </>
  );
}
