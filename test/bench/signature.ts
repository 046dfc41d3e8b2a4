import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { createPostSigner, escapePart } from '../../shared/aws/post-signature.ts';
import { connectionIdOf } from '../support/fill-members.ts';
import { type MeasureOptions, measure, median, medianRatio } from './harness.ts';
import type { BenchReport } from './report.ts';

const SIGNATURES = 20_000;
const HOST = 'abc123.execute-api.eu-central-1.amazonaws.com';
const REGION = 'eu-central-1';
const BODY_HASH = createHash('sha256').update('x'.repeat(1_100)).digest('hex');
const CREDENTIALS = {
  accessKeyId: 'ASIAEXAMPLEEXAMPLE12',
  secretAccessKey: 'x'.repeat(40),
  sessionToken: 't'.repeat(800),
};

/** What signing a post takes, without sending it: ours, and the library's at its best. */
export async function benchSignature(options: MeasureOptions): Promise<BenchReport> {
  const sign = createPostSigner(HOST, REGION, CREDENTIALS);
  const library = new SignatureV4({
    service: 'execute-api',
    region: REGION,
    credentials: CREDENTIALS,
    sha256: NodeSha256,
  });
  const [ours, theirs] = await measure(
    [
      repeated('ours', (path) => sign({ path, bodyHash: BODY_HASH, now: Date.now() })),
      repeated('@smithy/signature-v4', (path) =>
        library.sign({
          method: 'POST',
          protocol: 'https:',
          hostname: HOST,
          path,
          // The hash of the body is taken from its header, so that it is not computed again.
          headers: {
            host: HOST,
            'content-type': 'application/octet-stream',
            'x-amz-content-sha256': BODY_HASH,
          },
        }),
      ),
    ],
    options,
  );
  if (ours === undefined || theirs === undefined) throw new Error('Nothing was measured.');
  return {
    title: `Signing: CPU per post, ${SIGNATURES} of them a round`,
    rows: [ours, theirs].map(({ name, cpuUs }) => ({
      signer: name,
      'CPU µs': median(cpuUs),
      lowest: Math.min(...cpuUs),
      highest: Math.max(...cpuUs),
      '× ours': medianRatio(cpuUs, ours.cpuUs),
    })),
    targets: [],
  };
}

function repeated(name: string, sign: (path: string) => unknown) {
  return {
    name,
    async run() {
      for (let index = 0; index < SIGNATURES; index += 1) {
        await sign(`/live/@connections/${escapePart(connectionIdOf(index))}`);
      }
      return SIGNATURES;
    },
  };
}

/** Node's hash for the library, with the same remedy that ours has: a key is made an object of once. */
class NodeSha256 {
  static readonly #keys = new WeakMap<Uint8Array, KeyObject>();
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', NodeSha256.#keyOf(secret));
  }

  static #keyOf(secret: string | ArrayBuffer | ArrayBufferView): string | KeyObject {
    if (typeof secret === 'string') return secret;
    const bytes = secret as Uint8Array;
    const known = NodeSha256.#keys.get(bytes) ?? createSecretKey(bytes);
    NodeSha256.#keys.set(bytes, known);
    return known;
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}
