import { LANGUAGES } from '../language/language.ts';
import { languageOf, settings } from '../settings/settings.ts';

/** The page has nothing to go on with; what is wrong is for whoever runs it. */
export function StartFailure({ error }: { error: unknown }) {
  const text = LANGUAGES[languageOf(settings.get())];
  return (
    <main className="start-failure">
      <h1>{text.startFailed}</h1>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      <button type="button" className="button" onClick={() => location.reload()}>
        {text.reload}
      </button>
    </main>
  );
}
