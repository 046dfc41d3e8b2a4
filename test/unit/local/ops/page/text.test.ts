import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { OpsWidget } from '../../../../../local/ops/contract.ts';
import { formatDuration, formatValue } from '../../../../../local/ops/page/format.ts';
import { questionsOf } from '../../../../../local/ops/page/reading-order.ts';
import { parseMarkdown } from '../../../../../local/ops/page/text/markdown.ts';
import { runbookEntry } from '../../../../../local/ops/page/text/runbook-entry.ts';

const runbook = readFileSync('docs/runbook.md', 'utf8');
const plain = (text: string) => ({ kind: 'text', text });

describe('a text', () => {
  it('has headings and paragraphs', () => {
    expect(parseMarkdown('## Is it up?\nLines that\nbelong together.\n\nAnother.')).toEqual([
      { kind: 'heading', level: 2, content: [plain('Is it up?')] },
      { kind: 'paragraph', content: [plain('Lines that belong together.')] },
      { kind: 'paragraph', content: [plain('Another.')] },
    ]);
  });

  it('has what stands out, code and links', () => {
    const [paragraph] = parseMarkdown('**a** *b* `*c*` [d](#e)!');
    expect(paragraph?.content).toEqual([
      { kind: 'strong', text: 'a' },
      plain(' '),
      { kind: 'emphasis', text: 'b' },
      plain(' '),
      { kind: 'code', text: '*c*' },
      plain(' '),
      { kind: 'link', text: 'd', href: '#e' },
      plain('!'),
    ]);
  });

  it.each(['<b>bold</b>', '5 * 3 * 2 > 1', 'a ** b', '[no](a b)', '#hash', '`'])(
    'is text where it is nothing else: %s',
    (text) => {
      expect(parseMarkdown(text)).toEqual([{ kind: 'paragraph', content: [plain(text)] }]);
    },
  );
});

describe('the runbook', () => {
  const names = [...runbook.matchAll(/^## (\S+)$/gm)].map(([, name]) => name as string);

  it.each(names)('is understood: %s', (name) => {
    const entry = runbookEntry(runbook, name) ?? '';
    expect(entry).toMatch(/^\*\*What it means\.\*\*/);
    expect(entry).not.toContain('\n## ');
    const unmarked = parseMarkdown(entry)
      .flatMap(({ content }) => content)
      .filter(({ kind }) => kind !== 'code')
      .map(({ text }) => text);
    expect(unmarked.filter((text) => /[*`|]|\]\(|^\s*(-|\d+\.)\s/.test(text))).toEqual([]);
  });

  it('has no entry that nobody wrote', () => {
    expect(runbookEntry(runbook, 'nothing')).toBe(undefined);
  });
});

describe('questions', () => {
  it('are the headings of the texts, in reading order', () => {
    const text = (id: string, y: number, markdown: string): OpsWidget => ({
      ...{ kind: 'text', id, markdown },
      ...{ x: 0, y, width: 24, height: 3 },
    });
    const widgets = [text('b', 9, '## Is it `fast`?'), text('c', 12, 'no'), text('a', 3, '# Up?')];
    expect(questionsOf(widgets)).toEqual([
      { id: 'a', title: 'Up?' },
      { id: 'b', title: 'Is it fast?' },
    ]);
  });
});

describe('a figure', () => {
  it.each([
    [0, '0'],
    [1_234_567, '1,234,567'],
    [214.3712, '214.4'],
    [0.000_123_456, '0.0001235'],
    [12_345.67, '12,346'],
  ])('%d is read as %s', (value, text) => expect(formatValue(value)).toBe(text));

  it.each([
    [900, '0 s'],
    [59_999, '59 s'],
    [-5, '0 s'],
    [180_000, '3 min'],
    [7_200_000, '2 h'],
    [7_500_000, '2 h 5 min'],
  ])('%d ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});
