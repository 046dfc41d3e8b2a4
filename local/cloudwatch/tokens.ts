/** A word or number, a text in quotes (kept with them), or an operator. */
const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?|\.\d+)|([A-Za-z_]\w*)|("[^"]*")|(<=|>=|==|!=|&&|\|\||[-+*/^(),[\]<>]))/y;

export type Token =
  | { kind: 'number' | 'name' | 'text' | 'operator'; text: string }
  | { kind: 'end'; text: '' };

/** What a small recursive parser reads from. */
export interface TokenReader {
  peek(): Token;
  next(): Token;
  /** Takes the next token if it is one of these operators or words. */
  take(...texts: string[]): string | undefined;
  /** @throws Error when the next token is another one */
  expect(text: string): void;
  /** Always throws, with the whole of what is being read. */
  fail(problem: string): never;
}

/** @throws Error for a character that belongs to no token */
export function readTokens(source: string): TokenReader {
  const tokens: Token[] = [];
  const fail = (problem: string): never => {
    throw new Error(`${problem} in "${source}".`);
  };
  let position = 0;
  while (source.slice(position).trim() !== '') {
    TOKEN.lastIndex = position;
    const found = TOKEN.exec(source);
    if (found === null) fail(`"${source.slice(position).trim()[0]}" is not understood`);
    const [whole = '', number, name, text, operator] = found ?? [];
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (text !== undefined) tokens.push({ kind: 'text', text });
    else tokens.push({ kind: 'operator', text: operator ?? '' });
    position += whole.length;
  }
  let index = 0;
  const peek = (): Token => tokens[index] ?? { kind: 'end', text: '' };
  const next = () => {
    const token = peek();
    index += 1;
    return token;
  };
  return {
    peek,
    next,
    take(...texts) {
      const { kind, text } = peek();
      if (kind === 'text' || !texts.includes(text)) return undefined;
      return next().text;
    },
    expect(text) {
      const found = next();
      if (found.text !== text) fail(`"${text}" is expected before "${found.text || 'the end'}"`);
    },
    fail,
  };
}
