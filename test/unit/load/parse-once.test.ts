import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseOnce } from '../../load/crowd/parse-once.ts';

const { parse } = JSON;
const frame = (seq: number) =>
  JSON.stringify({ type: 'messages', roomId: 'r', messages: [{ seq, text: 'x' }], head: seq });
/** Equal, and not the same. */
const copyOf = (text: string) => Buffer.from(text).toString();

describe('clients that share the parse of a push', () => {
  beforeEach(parseOnce);
  afterEach(() => {
    JSON.parse = parse;
  });

  it('get what each of them would have parsed, whatever came in between', () => {
    for (const seq of [1, 2, 1, 3, 2, 40, 1]) {
      expect(JSON.parse(frame(seq))).toEqual(parse(frame(seq)));
    }
    expect(JSON.parse(copyOf(frame(1)))).toBe(JSON.parse(frame(1)));
    expect(JSON.parse(frame(1))).not.toBe(JSON.parse(frame(2)));
  });

  it('remember only the last of them, and parse those before anew', () => {
    const first = JSON.parse(frame(1));
    for (let seq = 2; seq < 100; seq += 1) JSON.parse(frame(seq));

    expect(JSON.parse(frame(1))).not.toBe(first);
    expect(JSON.parse(frame(1))).toEqual(first);
  });

  it('cannot change what the others are shown', () => {
    const { messages } = JSON.parse(frame(1));

    expect(() => messages.pop()).toThrow(TypeError);
    expect(() => {
      messages[0].text = 'y';
    }).toThrow(TypeError);
  });

  it('have answers, and everything that is no JSON, for themselves', () => {
    const answer = '{"type":"history","messages":[{"seq":1}]}';

    expect(JSON.parse(answer)).not.toBe(JSON.parse(answer));
    expect(() => JSON.parse('{"type":"messages"')).toThrow(SyntaxError);
    expect(JSON.parse(frame(1), (_, value) => (value === 'x' ? 'y' : value)).messages).toEqual([
      { seq: 1, text: 'y' },
    ]);
  });
});
