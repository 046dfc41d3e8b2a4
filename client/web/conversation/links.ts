export type TextPart = { text: string } | { text: string; href: string };

const CANDIDATE = /\bhttps?:\/\/[^\s<>"'`]+/gi;
/** Belongs to the sentence around rather than to the address. */
const TRAILING = /[.,;:!?、。，！？…]+$/u;

/** Text with its addresses found. Only http and https count; everything else stays text. */
export function findLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const address = trimEnd(match[0]);
    const href = safeHref(address);
    if (href === undefined) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

function trimEnd(candidate: string): string {
  const address = candidate.replace(TRAILING, '');
  const isWrapped = address.endsWith(')') && !address.includes('(');
  return isWrapped ? trimEnd(address.slice(0, -1)) : address;
}

function safeHref(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, href } = new URL(address);
  const isWeb = protocol === 'http:' || protocol === 'https:';
  return isWeb && hostname !== '' ? href : undefined;
}
