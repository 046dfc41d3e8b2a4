import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';

export interface PageServerOptions {
  /** The built page. */
  directory: string;
  /** What `config.json` says. */
  config: object;
  /** Where else than to this host the page may speak: the issuer, where somebody signs in. */
  connectTo?: readonly string[];
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** The same as the hosted page gets from CloudFront, apart from what is about TLS. */
const headersFor = (connectTo: readonly string[]) => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    ["connect-src 'self'", ...connectTo].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
});

/** Names under `assets/` carry a hash of what is in them. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

interface File {
  body: Buffer;
  type: string;
  cacheControl: string;
}

/** Serves the chat page from memory. Says whether the request was for it. */
export function createPageServer({ directory, config, connectTo = [] }: PageServerOptions) {
  const headers = headersFor(connectTo);
  const files = readFiles(directory);
  files.set('/', files.get('/index.html') as File);
  files.set('/config.json', toFile('/config.json', Buffer.from(JSON.stringify(config))));

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const file = isRead ? files.get(request.url?.split('?')[0] ?? '') : undefined;
    if (file === undefined) return false;
    request.resume();
    response.writeHead(200, {
      ...headers,
      'content-type': file.type,
      'content-length': file.body.length,
      'cache-control': file.cacheControl,
    });
    response.end(request.method === 'HEAD' ? undefined : file.body);
    return true;
  };
}

function readFiles(directory: string): Map<string, File> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths.map((path) => {
      const url = path.slice(directory.length).replaceAll('\\', '/');
      return [url, toFile(url, readFileSync(path))];
    }),
  );
}

function toFile(url: string, body: Buffer): File {
  return {
    body,
    type: TYPES[extname(url)] ?? 'application/octet-stream',
    cacheControl: url.startsWith('/assets/') ? IMMUTABLE : 'no-cache',
  };
}
