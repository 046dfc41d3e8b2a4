import { useDeferredValue, useRef, useState } from 'react';
import { useMessages, useRoom } from '../../react/index.ts';
import { useText } from '../language/language.ts';
import { People } from '../people/people.tsx';
import { useUser } from '../store/user-state.ts';
import { TravelStrip } from '../travel/travel-strip.tsx';
import { Announcer } from './announcer.tsx';
import { Composer } from './composer.tsx';
import classes from './conversation.module.css';
import { Header } from './header.tsx';
import { MessageList, type MessageListHandle } from './message-list.tsx';
import { ResetNotice } from './reset-notice.tsx';
import { RoomActions } from './room-actions.tsx';
import { type Entry, lastKept } from './timeline.ts';
import { Typists } from './typists.tsx';
import { useEntries } from './use-entries.ts';
import { useMarks } from './use-marks.ts';
import { useReadAhead } from './use-read-ahead.ts';
import { Welcome } from './welcome.tsx';

/** One room: its messages, those who are here, and the field to write in. */
export function Conversation({ roomId }: { roomId: string }) {
  const text = useText();
  const { session, tellsTravel } = useUser();
  const { userId } = session;
  const { state, room } = useRoom(roomId);
  const readAhead = useReadAhead();
  const current = useMessages(roomId, { history: readAhead.count });
  // A burst of messages yields to whoever types.
  const { messages, pending, ...status } = useDeferredValue(current);
  const entries = useEntries(messages, pending, userId);
  const [isAtEnd, setAtEnd] = useState(true);
  const { reset, hasEarlier } = status;
  const marks = useMarks({ roomId, room, messages, reset, hasEarlier, isAtEnd });
  const list = useRef<MessageListHandle>(null);
  const { send, retry, discard, loadEarlier } = current;

  const write = (message: string) => {
    marks.clear();
    list.current?.toEnd();
    // What becomes of it is shown beside the message.
    send(message).catch(() => {});
  };

  if (state === 'denied') {
    return (
      <section className={classes.room}>
        <Header roomId={roomId} />
        <div className={classes.blank}>
          <p>{text.roomDenied}</p>
          <p className="hint">{text.roomDeniedHint}</p>
        </div>
      </section>
    );
  }
  return (
    <>
      <section className={classes.room} aria-label={roomId}>
        <Header roomId={roomId} />
        <Announcer roomId={roomId} />
        <Welcome />
        {entries.length > 0 ? (
          <MessageList
            // After a reset the list is another one.
            key={reset?.resumedAt}
            ref={list}
            roomId={roomId}
            entries={entries}
            marks={marks.shown}
            hasFailed={status.error !== undefined}
            onStart={() => hasEarlier && !status.isLoading && readAhead.more()}
            onRetryLoading={loadEarlier}
            onEnd={setAtEnd}
            unreadBelow={isAtEnd ? 0 : countUnread(entries, marks.readUpTo)}
            onRetry={retry}
            onDiscard={discard}
          />
        ) : (
          <div className={classes.blank}>
            {!status.isLoading && (
              <>
                <p>{text.firstMessage}</p>
                <p className="hint">{text.firstMessageHint}</p>
              </>
            )}
          </div>
        )}
        {/* Until something stands after it, where it belongs. */}
        {reset && (messages.at(-1)?.seq ?? 0) <= lastKept(reset) && (
          <ResetNotice reason={reset.reason} />
        )}
        <Typists roomId={roomId} state={state} isLate={status.gap !== undefined} />
        <Composer key={roomId} roomId={roomId} onSend={write} />
        {tellsTravel && <TravelStrip roomId={roomId} />}
      </section>
      <aside className={classes.people} aria-label={text.people}>
        <h2>{text.people}</h2>
        <People roomId={roomId} />
        <RoomActions roomId={roomId} />
      </aside>
    </>
  );
}

function countUnread(entries: readonly Entry[], readUpTo: number): number {
  let count = 0;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (entry?.kind === 'pending') continue;
    if (entry === undefined || entry.message.seq <= readUpTo) break;
    if (!entry.isOwn) count += 1;
  }
  return count;
}
