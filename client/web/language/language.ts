import { createContext, useContext } from 'react';
import { type Dictionary, en } from './en.ts';
import { ko } from './ko.ts';
import { zhHant } from './zh-hant.ts';

/** By the tag that the page and the formats of dates carry. */
export const LANGUAGES = { en, 'zh-Hant': zhHant, ko } as const satisfies Record<
  string,
  Dictionary
>;

export type LanguageTag = keyof typeof LANGUAGES;

export const LANGUAGE_TAGS = Object.keys(LANGUAGES) as LanguageTag[];

export function isLanguageTag(value: unknown): value is LanguageTag {
  return LANGUAGE_TAGS.some((tag) => tag === value);
}

/** The first of the reader's languages that there is; simplified Chinese is not the traditional one. */
export function chooseLanguage(preferred: readonly string[]): LanguageTag {
  for (const tag of preferred) {
    if (!isLocale(tag)) continue;
    const { language, script } = new Intl.Locale(tag).maximize();
    const found = LANGUAGE_TAGS.find((known) => {
      const locale = new Intl.Locale(known).maximize();
      return locale.language === language && locale.script === script;
    });
    if (found !== undefined) return found;
  }
  return 'en';
}

export interface Language {
  tag: LanguageTag;
  text: Dictionary;
}

export const LanguageContext = createContext<Language>({ tag: 'en', text: en });

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

/** The texts of the page in the reader's language. */
export function useText(): Dictionary {
  return useContext(LanguageContext).text;
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}
