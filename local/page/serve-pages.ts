import type { StackModel } from '../template/model.ts';
import type { BuiltPages } from './build-pages.ts';
import { pageConfigOf } from './page-config.ts';
import { createPageServer, type ServePage } from './page-server.ts';

/** The dashboard at `/ops`, and the chat at `/`. */
export function servePages({ chat, ops }: BuiltPages, model: StackModel): ServePage {
  const servers: ServePage[] = [];
  if (ops !== undefined) servers.push(createPageServer({ directory: ops, base: '/ops' }));
  if (chat !== undefined) {
    servers.push(createPageServer({ directory: chat, ...pageConfigOf(model) }));
  }
  return (request, response) => servers.some((serve) => serve(request, response));
}
