import { useState } from 'react';
import { tabHref } from '../boot/guest.ts';
import { proposeName } from '../boot/guest-name.ts';
import { useText } from '../language/language.ts';
import { settings } from '../settings/settings.ts';
import { useStateOf } from '../store/use-state-of.ts';
import { useUser } from '../store/user-state.ts';
import classes from './welcome.module.css';

/** A first visit where names are free: who one is, and how to have company at once. */
export function Welcome() {
  const text = useText();
  const { session } = useUser();
  const current = useStateOf(settings);
  const [company] = useState(() => proposeName(Math.random));
  if (current.isWelcomed || session.rename === undefined) return null;
  return (
    <div className={classes.welcome}>
      <div>
        <p className={classes.title}>{text.welcome(session.userId)}</p>
        <p>{text.welcomeHint}</p>
      </div>
      <div className={classes.actions}>
        <a
          className="button primary"
          href={tabHref(company, location.hash)}
          target="_blank"
          rel="noopener"
        >
          {text.openSecondTab(company)}
        </a>
        <button
          type="button"
          className="button"
          onClick={() => settings.set({ ...current, isWelcomed: true })}
        >
          {text.gotIt}
        </button>
      </div>
    </div>
  );
}
