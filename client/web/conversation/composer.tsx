import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useTyping } from '../../react/index.ts';
import { Icon } from '../icons.tsx';
import { useText } from '../language/language.ts';
import { useUser } from '../store/user-state.ts';
import classes from './composer.module.css';

/** The protocol's limit, in Unicode characters. */
const TEXT_MAX_CHARACTERS = 4_000;
/** From here on what is left is told. */
const TOLD_FROM = 3_800;

export function Composer({ roomId, onSend }: { roomId: string; onSend: (text: string) => void }) {
  const text = useText();
  const { drafts } = useUser();
  const { notify } = useTyping(roomId);
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useState(drafts.get(roomId) ?? '');
  const left = TEXT_MAX_CHARACTERS - [...draft.trim()].length;
  const canSend = draft.trim() !== '' && left >= 0;

  useEffect(() => {
    // On a phone the keyboard would cover what somebody came to read.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, []);

  const change = (next: string) => {
    setDraft(next);
    drafts.set(roomId, next);
  };
  const submit = () => {
    if (!canSend) return;
    onSend(draft.trim());
    change('');
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    // Enter also ends the composition of a Korean or Chinese word.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };

  return (
    <form
      className={classes.composer}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className={classes.box}>
        <textarea
          ref={field}
          className={classes.text}
          rows={1}
          value={draft}
          dir="auto"
          aria-label={text.writeTo(roomId)}
          placeholder={text.writeTo(roomId)}
          aria-describedby={`${id}-hint`}
          enterKeyHint="send"
          onKeyDown={onKey}
          onChange={({ target }) => {
            change(target.value);
            if (target.value.trim() !== '') notify();
          }}
        />
        <button type="submit" className={classes.send} disabled={!canSend} aria-label={text.send}>
          <Icon name="send" />
        </button>
      </div>
      <p id={`${id}-hint`} className="visually-hidden">
        {text.sendHint}
      </p>
      {left <= TEXT_MAX_CHARACTERS - TOLD_FROM && (
        <p className={left < 0 ? 'problem' : 'hint'} role="status">
          {left < 0 ? text.charactersOver(-left) : text.charactersLeft(left)}
        </p>
      )}
    </form>
  );
}
