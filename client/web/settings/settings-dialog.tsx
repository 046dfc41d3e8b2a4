import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { NAME_MAX_CHARACTERS, readName } from '../boot/guest-name.ts';
import { isLanguageTag, LANGUAGE_TAGS, LANGUAGES, useLanguage } from '../language/language.ts';
import { Modal } from '../modal.tsx';
import { useStateOf } from '../store/use-state-of.ts';
import { useUser } from '../store/user-state.ts';
import { APPEARANCES, settings } from './settings.ts';
import classes from './settings-dialog.module.css';

export function SettingsDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { text } = useLanguage();
  const { rename, account } = useUser().session;
  return (
    <Modal isOpen={isOpen} onClose={onClose} title={text.settings}>
      <div className={classes.sections}>
        {rename && <NameForm rename={rename} />}
        <LanguageChoice />
        <AppearanceChoice />
        <Keys />
        {account && (
          <button type="button" className="button" onClick={account.signOut}>
            {text.signOut}
          </button>
        )}
      </div>
    </Modal>
  );
}

function NameForm({ rename }: { rename: (name: string) => void }) {
  const { text } = useLanguage();
  const { userId } = useUser().session;
  const id = useId();
  const [given, setGiven] = useState(userId);
  const name = readName(given);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name !== undefined && name !== userId) rename(name);
  };

  return (
    <form onSubmit={submit}>
      <label htmlFor={id}>{text.name}</label>
      <div className={classes.name}>
        <input
          id={id}
          className="field"
          value={given}
          maxLength={NAME_MAX_CHARACTERS}
          onChange={({ target }) => setGiven(target.value)}
          autoComplete="off"
          aria-invalid={name === undefined}
          aria-describedby={`${id}-hint`}
        />
        <button type="submit" className="button primary" disabled={name === undefined}>
          {text.save}
        </button>
      </div>
      <p id={`${id}-hint`} className={name === undefined ? 'problem' : 'hint'}>
        {name === undefined ? text.nameInvalid : text.nameHint}
      </p>
    </form>
  );
}

function LanguageChoice() {
  const { tag, text } = useLanguage();
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{text.language}</label>
      <select
        id={id}
        className="field"
        value={tag}
        onChange={({ target: { value } }) => {
          if (isLanguageTag(value)) settings.set({ ...settings.get(), language: value });
        }}
      >
        {LANGUAGE_TAGS.map((known) => (
          <option key={known} value={known} lang={known}>
            {LANGUAGES[known].languageName}
          </option>
        ))}
      </select>
    </div>
  );
}

function AppearanceChoice() {
  const { text } = useLanguage();
  const current = useStateOf(settings).appearance;
  const names = { system: text.asSystem, light: text.light, dark: text.dark };
  return (
    <fieldset className={classes.appearance}>
      <legend>{text.appearance}</legend>
      <div className={classes.choices}>
        {APPEARANCES.map((appearance) => (
          <label key={appearance}>
            <input
              type="radio"
              name="appearance"
              checked={appearance === current}
              onChange={() => settings.set({ ...settings.get(), appearance })}
            />
            {names[appearance]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Keys() {
  const { text } = useLanguage();
  return (
    <section>
      <h3 className={classes.heading}>{text.keyboard}</h3>
      <dl className={classes.keys}>
        <Key name={text.keyPreviousRoom}>
          <kbd>Alt</kbd> <kbd>↑</kbd>
        </Key>
        <Key name={text.keyNextRoom}>
          <kbd>Alt</kbd> <kbd>↓</kbd>
        </Key>
        <Key name={text.keyJoin}>
          <kbd>{/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'}</kbd> <kbd>K</kbd>
        </Key>
      </dl>
    </section>
  );
}

function Key({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
