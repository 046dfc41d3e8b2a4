import { startTransition, useEffect, useState } from 'react';
import { useRoom } from '../../react/index.ts';
import { useText } from '../language/language.ts';
import { settings } from '../settings/settings.ts';
import { useStateOf } from '../store/use-state-of.ts';
import { type Journey, watchJourneys } from './journey.ts';
import classes from './travel-strip.module.css';

/** How the last message of the room has come here, hop by hop. */
export function TravelStrip({ roomId }: { roomId: string }) {
  const text = useText();
  const { room } = useRoom(roomId);
  const current = useStateOf(settings);
  const [journey, setJourney] = useState<Journey>();

  useEffect(() => {
    if (room === undefined) return undefined;
    const show = (next: Journey) => startTransition(() => setJourney(next));
    return watchJourneys(room, () => performance.now(), show);
  }, [room]);

  return (
    <details
      className={classes.strip}
      open={current.showsTravel}
      onToggle={({ currentTarget: { open } }) => {
        if (open !== current.showsTravel) settings.set({ ...current, showsTravel: open });
      }}
    >
      <summary>{text.travel}</summary>
      {journey === undefined ? <p>{text.travelNone}</p> : <Hops {...journey} />}
      <p className="hint">{text.travelClocks}</p>
    </details>
  );
}

function Hops({ seq, hops, totalMs }: Journey) {
  const text = useText();
  return (
    <>
      <p>
        {text.travelOf(seq)}
        {totalMs !== undefined && ` · ${text.travelTotal(totalMs)}`}
      </p>
      <ol className={classes.hops}>
        {hops.map(({ hop, ms }) => (
          <li key={hop} data-hop={hop}>
            {text[hop]} <b>{ms} ms</b>
          </li>
        ))}
      </ol>
    </>
  );
}
