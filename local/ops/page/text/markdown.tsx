import type { ReactNode } from 'react';
import { type Block, type Inline, parseMarkdown } from './markdown.ts';

interface MarkdownProps {
  source: string;
  /** Of its headings, for who links to them. */
  headingId?: string;
  /** Follows a link within the same document. */
  onLink?: (name: string) => void;
}

/** Drawn as elements, never as HTML: what is not understood is shown as it is. */
export function Markdown({ source, ...links }: MarkdownProps) {
  return parseMarkdown(source).map((block, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text has no other names for its parts
    <BlockText key={index} block={block} {...links} />
  ));
}

type Links = Omit<MarkdownProps, 'source'>;

function BlockText({ block, headingId, ...links }: { block: Block } & Links) {
  const content = block.content.map((inline, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text has no other names for its parts
    <InlineText key={index} inline={inline} {...links} />
  ));
  if (block.kind === 'paragraph') return <p>{content}</p>;
  const Heading = block.level <= 2 ? 'h2' : 'h3';
  return <Heading id={headingId}>{content}</Heading>;
}

function InlineText({ inline, onLink }: { inline: Inline } & Links): ReactNode {
  switch (inline.kind) {
    case 'strong':
      return <strong>{inline.text}</strong>;
    case 'emphasis':
      return <em>{inline.text}</em>;
    case 'code':
      return <code>{inline.text}</code>;
    case 'link':
      return <LinkText {...inline} {...(onLink && { onLink })} />;
    case 'text':
      return inline.text;
  }
}

/** To the web, or to another place of the document. What leads elsewhere is not here. */
function LinkText({ text, href, onLink }: { text: string; href: string } & Links): ReactNode {
  if (/^https?:\/\//.test(href)) {
    return (
      <a href={href} target="_blank" rel="noopener noreferrer">
        {text}
      </a>
    );
  }
  if (!href.startsWith('#') || onLink === undefined) return text;
  return (
    <button type="button" className="link" onClick={() => onLink(href.slice(1))}>
      {text}
    </button>
  );
}
