import { buildPage, type PageName } from './build-page.ts';

/** Where the pages are that could be built. */
export type BuiltPages = { [Name in PageName]?: string };

/** One after the other: a build needs the environment as it is for users. */
export async function buildPages(complain: (problem: string) => void): Promise<BuiltPages> {
  const built: BuiltPages = {};
  for (const name of ['chat', 'ops'] as const) {
    try {
      built[name] = await buildPage(name);
    } catch (error) {
      complain(`The page "${name}" could not be built: ${error}`);
    }
  }
  return built;
}
