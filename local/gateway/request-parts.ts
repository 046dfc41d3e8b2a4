import type { IncomingMessage } from 'node:http';

/** Name to all of its values, in the order of arrival. */
export type MultiValue = Record<string, string[]>;

export function splitUrl(url = '/'): { path: string; query: string } {
  const mark = url.indexOf('?');
  return mark === -1
    ? { path: url, query: '' }
    : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

/** Headers with the case that the client sent; a name that comes twice keeps its first spelling. */
export function readHeaders(request: IncomingMessage): MultiValue {
  const headers = new Map<string, string[]>();
  const spelling = new Map<string, string>();
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const sent = request.rawHeaders[i] ?? '';
    const name = spelling.get(sent.toLowerCase()) ?? sent;
    spelling.set(sent.toLowerCase(), name);
    append(headers, name, request.rawHeaders[i + 1] ?? '');
  }
  return Object.fromEntries(headers);
}

export function readQuery(query: string): MultiValue {
  const parameters = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) append(parameters, name, value);
  return Object.fromEntries(parameters);
}

/** One value for each name: the last, as API Gateway picks it. */
export function lastValues(values: MultiValue): Record<string, string> {
  return mapValues(values, (all) => all.at(-1) ?? '');
}

export function mapValues<From, To>(
  record: Record<string, From>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

/** The same headers under lower-case names, as HTTP APIs pass them. */
export function lowerCaseHeaders(headers: MultiValue): MultiValue {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [name.toLowerCase(), values]),
  );
}

/** The last value of a header, whatever the case of its name. */
export function headerValue(headers: MultiValue, name: string): string | undefined {
  const lower = name.toLowerCase();
  const found = Object.keys(headers).find((key) => key.toLowerCase() === lower);
  return found === undefined ? undefined : headers[found]?.at(-1);
}

/** The peer's address, without the prefix of an IPv4 address on an IPv6 socket. */
export function sourceIpOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

function append(values: Map<string, string[]>, name: string, value: string): void {
  const known = values.get(name);
  if (known === undefined) values.set(name, [value]);
  else known.push(value);
}
