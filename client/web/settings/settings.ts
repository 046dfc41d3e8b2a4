import { chooseLanguage, isLanguageTag, type LanguageTag } from '../language/language.ts';
import { createStoredState } from '../store/stored-state.ts';

export const APPEARANCES = ['system', 'light', 'dark'] as const;
export type Appearance = (typeof APPEARANCES)[number];

export interface Settings {
  /** Absent: the browser's choice. */
  language?: LanguageTag;
  appearance: Appearance;
  /** The welcome of a first visit was put away. */
  isWelcomed: boolean;
  /** The strip that shows how messages travel is open. */
  showsTravel: boolean;
}

export const settings = createStoredState('roomcast.settings', readSettings);

export function languageOf({ language }: Settings): LanguageTag {
  return language ?? chooseLanguage(navigator.languages);
}

/** Before the first paint, too: the page must not flash. */
export function applyAppearance({ appearance }: Settings): void {
  const { dataset } = document.documentElement;
  if (appearance === 'system') delete dataset.appearance;
  else dataset.appearance = appearance;
}

function readSettings(stored: unknown): Settings {
  const given = typeof stored === 'object' && stored !== null ? stored : {};
  const { language, appearance, isWelcomed, showsTravel } = given as Record<string, unknown>;
  return {
    ...(isLanguageTag(language) ? { language } : {}),
    appearance: APPEARANCES.find((known) => known === appearance) ?? 'system',
    isWelcomed: isWelcomed === true,
    showsTravel: showsTravel === true,
  };
}
