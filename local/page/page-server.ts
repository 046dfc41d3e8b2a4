import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';

export interface PageServerOptions {
  /** The built page. */
  directory: string;
  /** Below which path it stands; absent, at the root. */
  base?: string;
  /** What `config.json` says, where the page asks for it. */
  config?: object;
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

/** Says whether the request was for the page; if so, it is answered. */
export type ServePage = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Serves a page from memory. */
export function createPageServer(options: PageServerOptions): ServePage {
  const { directory, base = '', config, connectTo = [] } = options;
  const headers = headersFor(connectTo);
  const files = readFiles(directory);
  const index = files.get('/index.html') as File;
  files.set('/', index).set('', index);
  if (config !== undefined) {
    files.set('/config.json', toFile('/config.json', Buffer.from(JSON.stringify(config))));
  }

  return (request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const path = request.url?.split('?')[0] ?? '';
    const file = isRead && path.startsWith(base) ? files.get(path.slice(base.length)) : undefined;
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
