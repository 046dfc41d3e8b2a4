import type { Dispatcher } from 'undici';

/** What came back for one post. */
export type PostAnswer =
  | { kind: 'answered'; status: number; errorName: string; date: string | undefined }
  /** The socket ended before an answer began. */
  | { kind: 'cut' }
  /** No answer in time, or none that is HTTP. */
  | { kind: 'unanswered' };

type Headers = Record<string, string | string[] | undefined>;

/** An error says its name in its first bytes, if at all, and at once. */
const BODY_MAX_BYTES = 4 * 1024;
const BODY_MAX_MS = 3_000;

const CUT_CODES = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/**
 * One post through the pool. It uses the callbacks of undici's `dispatch`, which spare the stream that
 * `request` makes of every body: most answers have none.
 */
export class PostExchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<PostAnswer>;
  readonly #settle: (answer: PostAnswer) => void;
  #status = 0;
  #headers: Headers = {};
  #body = '';
  #bodySince = 0;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<PostAnswer>();
    this.answer = promise;
    this.#settle = resolve;
  }

  /** undici takes an object for a handler by this method. */
  onRequestStart(): void {}

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bodySince ||= performance.now();
    const isLong = this.#body.length + chunk.length > BODY_MAX_BYTES;
    // The status is known, and a socket is not worth the time that it takes to read on.
    if (isLong || performance.now() - this.#bodySince > BODY_MAX_MS) {
      controller.abort(new Error('The answer is longer than any of @connections.'));
    } else this.#body += chunk.toString('latin1');
  }

  onResponseEnd(): void {
    this.#answered();
  }

  onResponseError(_: Dispatcher.DispatchController, error: NodeJS.ErrnoException): void {
    // With its status an answer is complete: the gateway has decided.
    if (this.#status !== 0) this.#answered();
    else this.#settle({ kind: CUT_CODES.includes(error.code ?? '') ? 'cut' : 'unanswered' });
  }

  #answered(): void {
    const status = this.#status;
    const { date } = this.#headers;
    this.#settle({
      kind: 'answered',
      status,
      errorName: status < 300 ? '' : errorName(this.#headers, this.#body),
      date: typeof date === 'string' ? date : undefined,
    });
  }
}

/** Where the SDK looks, in its order: `GoneException:http://…` and `…#GoneException` occur. */
function errorName(headers: Headers, body: string): string {
  const given = headers['x-amzn-errortype'] ?? nameInBody(body);
  return typeof given === 'string' ? given.replace(/[,:].*$/s, '').replace(/^.*#/s, '') : '';
}

function nameInBody(body: string): unknown {
  try {
    const { code, __type } = JSON.parse(body);
    return code ?? __type;
  } catch {
    return undefined;
  }
}
