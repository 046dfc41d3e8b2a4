import type { OpsWidget } from '../contract.ts';
import { parseMarkdown } from './text/markdown.ts';

/** Row by row, from left to right: so a grid puts them where they belong, and a phone in order. */
export const inReadingOrder = (widgets: readonly OpsWidget[]): OpsWidget[] =>
  widgets.toSorted((a, b) => a.y - b.y || a.x - b.x);

export interface Question {
  /** Of its widget. */
  id: string;
  title: string;
}

/** What the sections of the dashboard ask. */
export function questionsOf(widgets: readonly OpsWidget[]): Question[] {
  return inReadingOrder(widgets).flatMap((widget) => {
    if (widget.kind !== 'text') return [];
    const heading = parseMarkdown(widget.markdown).find(({ kind }) => kind === 'heading');
    if (heading === undefined) return [];
    return { id: widget.id, title: heading.content.map(({ text }) => text).join('') };
  });
}
