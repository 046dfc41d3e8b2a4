import { findLinks } from './links.ts';
import classes from './message-text.module.css';

/** Text stays text, whatever it looks like; only web addresses can be followed. */
export function MessageText({ text, isFaint = false }: { text: string; isFaint?: boolean }) {
  return (
    <p className={classes.text} data-faint={isFaint || undefined} dir="auto">
      {findLinks(text).map((part, index) =>
        'href' in part ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change places.
          <a key={index} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </p>
  );
}
