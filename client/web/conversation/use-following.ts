import {
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useRef,
  useState,
  type WheelEvent,
} from 'react';

/** Closer to its end than this, the list counts as at its end. */
export const AT_END_PX = 40;

const UPWARDS = new Set(['ArrowUp', 'PageUp', 'Home']);

/**
 * Whether the list stays at its end as messages come. Only a reader who goes up ends that, and one who asks for its end begins it: in a burst
 * the list is behind its end for moments, and must not be left there.
 */
export function useFollowing(startsAtEnd: boolean, onChange: (isAtEnd: boolean) => void) {
  const [isAtEnd, setAtEnd] = useState(startsAtEnd);
  const scroller = useRef<HTMLElement | null>(null);
  useEffect(() => onChange(isAtEnd), [isAtEnd, onChange]);

  const goUp = () => {
    if ((scroller.current?.scrollTop ?? 0) > 0) setAtEnd(false);
  };
  return {
    isAtEnd,
    /** A reader asks for the newest message: more may come before the list is there. */
    follow: () => setAtEnd(true),
    handlers: {
      scrollerRef: (element: HTMLElement | Window | null) => {
        scroller.current = element instanceof HTMLElement ? element : null;
      },
      atBottomStateChange: (isReached: boolean) => isReached && setAtEnd(true),
      totalListHeightChanged() {
        const { current } = scroller;
        if (isAtEnd && current !== null) current.scrollTop = current.scrollHeight;
      },
      onWheel: ({ deltaY }: WheelEvent) => deltaY < 0 && goUp(),
      onTouchMove: goUp,
      onKeyDown: ({ key }: KeyboardEvent) => UPWARDS.has(key) && goUp(),
      // The scrollbar belongs to the list itself, not to what is in it.
      onPointerDown: ({ target, currentTarget }: PointerEvent) =>
        target === currentTarget && goUp(),
    },
  };
}
