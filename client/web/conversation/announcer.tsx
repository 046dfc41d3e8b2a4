import { useEffect, useRef, useState } from 'react';
import { useRoom } from '../../react/index.ts';
import { useText } from '../language/language.ts';
import { useUser } from '../store/user-state.ts';

/** What comes within this time is told as one. */
const GATHER_MS = 1_500;

/** Tells a screen reader what came, without chatter: one message by its text, several by their number. */
export function Announcer({ roomId }: { roomId: string }) {
  const text = useText();
  const { userId } = useUser().session;
  const { room } = useRoom(roomId);
  const [said, setSaid] = useState('');
  const latestText = useRef(text);
  useEffect(() => {
    latestText.current = text;
  }, [text]);

  useEffect(() => {
    if (room === undefined) return undefined;
    let count = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = room.on('message', (message) => {
      if (message.userId === userId) return;
      count += 1;
      timer ??= setTimeout(() => {
        const { announceOne, announceMany } = latestText.current;
        setSaid(count === 1 ? announceOne(message.userId, message.text) : announceMany(count));
        count = 0;
        timer = undefined;
      }, GATHER_MS);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [room, userId]);

  return (
    <p className="visually-hidden" role="status">
      {said}
    </p>
  );
}
