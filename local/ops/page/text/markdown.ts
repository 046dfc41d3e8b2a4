export type Inline =
  | { kind: 'text' | 'strong' | 'emphasis' | 'code'; text: string }
  | { kind: 'link'; text: string; href: string };

export type Block =
  | { kind: 'heading'; level: number; content: Inline[] }
  | { kind: 'paragraph'; content: Inline[] };

const HEADING = /^(#{1,6}) +(.+)$/;
const MARKED =
  /`([^`]+)`|\*\*(?!\s)([^*]+)(?<!\s)\*\*|\*(?!\s)([^*]+)(?<!\s)\*|\[([^\]]+)\]\(([^()\s]+)\)/g;

/**
 * What the text widgets and the runbook are written in: headings, paragraphs, strong, emphasis, code and
 * links. Everything else, and any HTML, is text.
 */
export function parseMarkdown(markdown: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  const endParagraph = () => {
    if (lines.length > 0) blocks.push({ kind: 'paragraph', content: parseInline(lines.join(' ')) });
    lines = [];
  };
  for (const line of markdown.split('\n').map((raw) => raw.trim())) {
    const [, marks, title] = HEADING.exec(line) ?? [];
    if (line === '' || marks !== undefined) endParagraph();
    if (marks !== undefined && title !== undefined) {
      blocks.push({ kind: 'heading', level: marks.length, content: parseInline(title) });
    } else if (line !== '') lines.push(line);
  }
  endParagraph();
  return blocks;
}

function parseInline(text: string): Inline[] {
  const content: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKED)) {
    if (match.index > end) content.push({ kind: 'text', text: text.slice(end, match.index) });
    content.push(toInline(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) content.push({ kind: 'text', text: text.slice(end) });
  return content;
}

function toInline([, code, strong, emphasis, label = '', href = '']: RegExpMatchArray): Inline {
  if (code !== undefined) return { kind: 'code', text: code };
  if (strong !== undefined) return { kind: 'strong', text: strong };
  if (emphasis !== undefined) return { kind: 'emphasis', text: emphasis };
  return { kind: 'link', text: label, href };
}
