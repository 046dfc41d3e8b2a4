import { invalid } from './errors.ts';

const TOKEN = /\s*(?:(<=|>=|<>|[=<>(),+-])|([#:]?[A-Za-z_0-9]+))/y;

/** The words of an expression, one after the other. */
export interface Tokens {
  readonly expression: string;
  /** Every `#name` and `:value` that has been read so far. */
  readonly placeholders: Set<string>;
  /** The next word, in capitals if it is one of the grammar's; undefined at the end. */
  peek(): string | undefined;
  next(): string;
  /** Reads the next word if it is this one. Keywords are not case-sensitive. */
  take(word: string): boolean;
  expect(word: string): void;
  end(): void;
}

/** @throws for a character that no expression of the project holds: paths into maps and lists too. */
export function tokensOf(expression: string): Tokens {
  const words = split(expression);
  const placeholders = new Set<string>();
  let index = 0;
  const unexpected = () =>
    invalid(`Unexpected ${words[index] ?? 'end'} in the expression "${expression}"`);
  const is = (word: string) => words[index]?.toUpperCase() === word.toUpperCase();

  const tokens: Tokens = {
    expression,
    placeholders,
    peek: () => words[index],
    next() {
      const word = words[index];
      if (word === undefined) throw unexpected();
      index += 1;
      if (word.startsWith('#') || word.startsWith(':')) placeholders.add(word);
      return word;
    },
    take(word) {
      if (!is(word)) return false;
      index += 1;
      return true;
    },
    expect(word) {
      if (!tokens.take(word)) throw unexpected();
    },
    end() {
      if (index < words.length) throw unexpected();
    },
  };
  return tokens;
}

function split(expression: string): string[] {
  const words: string[] = [];
  TOKEN.lastIndex = 0;
  const length = expression.trimEnd().length;
  while (TOKEN.lastIndex < length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(expression);
    if (match === null) {
      throw invalid(
        `The simulated tables cannot read "${expression.slice(at)}" of "${expression}"`,
      );
    }
    words.push(match[1] ?? match[2] ?? '');
  }
  return words;
}
