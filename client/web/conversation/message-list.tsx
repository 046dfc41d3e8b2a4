import { type Ref, useImperativeHandle, useRef, useState } from 'react';
import { type Components, Virtuoso, type VirtuosoHandle } from 'react-virtuoso';
import { Icon } from '../icons.tsx';
import { useText } from '../language/language.ts';
import classes from './message-list.module.css';
import { MessageRow } from './message-row.tsx';
import { type Entry, frame, keyOf, type Marks } from './timeline.ts';
import { AT_END_PX, useFollowing } from './use-following.ts';

export interface MessageListHandle {
  toEnd(): void;
}

interface MessageListProps {
  ref: Ref<MessageListHandle>;
  roomId: string;
  entries: readonly Entry[];
  marks: Marks;
  hasFailed: boolean;
  unreadBelow: number;
  /** The first message is about to be seen. */
  onStart: () => void;
  onEnd: (isAtEnd: boolean) => void;
  onRetryLoading: () => void;
  onRetry: (key: string) => void;
  onDiscard: (key: string) => void;
}

/** Numbers of rows go down as earlier messages come, so that those on the screen stay in their place. */
const FIRST_INDEX = 1_000_000_000;
/** Drawn beyond what is seen, so that fast scrolling meets no blanks. */
const OVERSCAN_PX = { top: 1_200, bottom: 600 };

/** Only the rows in view exist, however many messages there are. */
export function MessageList(props: MessageListProps) {
  const { ref, roomId, entries, unreadBelow, onEnd, onStart } = props;
  const text = useText();
  const virtuoso = useRef<VirtuosoHandle>(null);
  const firstIndex = useFirstIndex(entries);
  const [startAt] = useState(() => {
    const line = lineIndex(entries, props.marks);
    return line === undefined
      ? ({ index: 'LAST', align: 'end' } as const)
      : ({ index: line, align: 'center' } as const);
  });

  const { isAtEnd, follow, handlers } = useFollowing(startAt.index === 'LAST', onEnd);

  const toEnd = () => {
    follow();
    virtuoso.current?.scrollToIndex({ index: 'LAST', align: 'end' });
  };
  useImperativeHandle(ref, () => ({ toEnd }));

  return (
    <div className={classes.place}>
      <Virtuoso
        ref={virtuoso}
        className={classes.scroller}
        aria-label={text.messages(roomId)}
        role="region"
        data={entries}
        context={props}
        firstItemIndex={firstIndex}
        initialTopMostItemIndex={startAt}
        computeItemKey={(_, entry) => keyOf(entry)}
        itemContent={(index, entry, { entries, marks, onRetry, onDiscard }) => (
          <MessageRow
            roomId={roomId}
            entry={entry}
            {...frame(entries[index - firstIndex - 1], entry, marks)}
            missedCount={marks.missed?.count ?? 0}
            onRetry={onRetry}
            onDiscard={onDiscard}
          />
        )}
        followOutput={() => (isAtEnd ? 'auto' : false)}
        atBottomThreshold={AT_END_PX}
        {...handlers}
        startReached={onStart}
        increaseViewportBy={OVERSCAN_PX}
        alignToBottom
        components={COMPONENTS}
      />
      {!isAtEnd && (
        <button type="button" className={classes.toEnd} onClick={toEnd}>
          <Icon name="down" />
          {unreadBelow > 0 ? text.newBelow(unreadBelow) : text.toNewest}
        </button>
      )}
    </div>
  );
}

const COMPONENTS: Components<Entry, MessageListProps> = {
  Header: ({ context }) => context && <ListHeader {...context} />,
  Footer: () => <div className={classes.footer} />,
  List: ({ ref, ...props }) => <ul {...props} ref={ref as Ref<HTMLUListElement>} />,
  Item: ({ item: _, ...props }) => <li {...props} />,
};

function ListHeader({ marks, hasFailed, onRetryLoading }: MessageListProps) {
  const text = useText();
  if (!marks.hasEarlier) return null;
  return (
    <div className={classes.header}>
      {hasFailed ? text.loadFailed : text.loadingEarlier}{' '}
      {hasFailed && (
        <button type="button" className="link" onClick={onRetryLoading}>
          {text.tryAgain}
        </button>
      )}
    </div>
  );
}

/** Goes down by the number of entries that were put before the one that was first. */
function useFirstIndex(entries: readonly Entry[]): number {
  const [first, setFirst] = useState({ entry: entries[0], index: FIRST_INDEX });
  if (entries[0] === first.entry) return first.index;
  const shift = first.entry === undefined ? -1 : entries.indexOf(first.entry);
  const next = { entry: entries[0], index: first.index - Math.max(0, shift) };
  setFirst(next);
  return next.index;
}

/** Where a reader goes on: at the line, if there is one. */
function lineIndex(entries: readonly Entry[], marks: Marks): number | undefined {
  const index = entries.findIndex(
    (entry, at) => frame(entries[at - 1], entry, marks).line !== undefined,
  );
  return index < 0 ? undefined : index;
}
