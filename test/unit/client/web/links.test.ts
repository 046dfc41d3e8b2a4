import { describe, expect, it } from '@jest/globals';
import { findLinks } from '../../../../client/web/conversation/links.ts';

const links = (text: string) =>
  findLinks(text).flatMap((part) => ('href' in part ? [part.href] : []));

describe('addresses in a text', () => {
  it.each([
    ['see https://example.com/a?b=1#c now', ['https://example.com/a?b=1#c']],
    ['(https://example.com/page)', ['https://example.com/page']],
    ['https://en.example.org/Fan-out_(software)', ['https://en.example.org/Fan-out_(software)']],
    ['ends here: http://example.com.', ['http://example.com/']],
    ['https://a.example, https://b.example!', ['https://a.example/', 'https://b.example/']],
    ['보세요 https://example.com/한글。', ['https://example.com/%ED%95%9C%EA%B8%80']],
  ])('are found in "%s"', (text, found) => {
    expect(links(text)).toEqual(found);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,<script>',
    'ftp://example.com',
    'https://',
    'http://[',
    'file:///etc/passwd',
    'nohttps//example.com',
  ])('are not seen in "%s"', (text) => {
    expect(links(text)).toEqual([]);
  });

  it('end before what could close a tag or an attribute', () => {
    expect(links('https://example.com/"onmouseover="alert(1)')).toEqual(['https://example.com/']);
    expect(links('https://example.com/<script>')).toEqual(['https://example.com/']);
  });

  it('leave every character of the text where it was', () => {
    const text = ' a https://x.example/. (http://y.example) <b> https:// \n end';
    expect(
      findLinks(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  });
});
