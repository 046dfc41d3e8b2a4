import { createHash } from 'node:crypto';
import { ApiGatewayManagementApi } from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Credentials,
  createPostSigner,
  escapePart,
} from '../../../../shared/aws/post-signature.ts';

interface Post {
  connectionId: string;
  frame: string;
  now: number;
  region: string;
  credentials: Credentials;
}

interface SentRequest {
  path: string;
  headers: Record<string, string>;
}

const HOST = 'abc123.execute-api.eu-central-1.amazonaws.com';
const NOW = Date.UTC(2026, 10, 22, 9, 5, 7, 300);
const PERMANENT = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'a/secret+key' };
const POST: Post = {
  connectionId: 'L0SM9cOFvHcCIhw=',
  frame: '{"text":"Grüße 😀"}',
  now: NOW,
  region: 'eu-central-1',
  credentials: PERMANENT,
};

type Send = (args: { request: SentRequest }) => Promise<unknown>;

const dropSdkHeaders =
  (next: Send): Send =>
  (args) => {
    const { headers } = args.request;
    for (const name of Object.keys(headers)) {
      if (/^(amz-sdk-|user-agent|x-amz-user-agent|content-length)/.test(name)) delete headers[name];
    }
    return next(args);
  };

/** The same post as the SDK sends it, without the headers that only say which SDK it is. */
async function bySdk({ connectionId, frame, now, region, credentials }: Post) {
  const sent = Promise.withResolvers<SentRequest>();
  const client = new ApiGatewayManagementApi({
    endpoint: `https://${HOST}/live`,
    region,
    credentials: { ...credentials, sessionToken: credentials.sessionToken ?? '' },
    systemClockOffset: now - Date.now(),
    requestHandler: {
      async handle(request: SentRequest) {
        sent.resolve(request);
        return { response: { statusCode: 200, headers: {} } };
      },
    },
  });
  client.middlewareStack.addRelativeTo(dropSdkHeaders as never, {
    relation: 'before',
    toMiddleware: 'httpSigningMiddleware',
  });
  await client.postToConnection({ ConnectionId: connectionId, Data: frame });
  const { path, headers } = await sent.promise;
  return { path, headers };
}

function byUs({ connectionId, frame, now, region, credentials }: Post) {
  const path = `/live/@connections/${escapePart(connectionId)}`;
  const bodyHash = createHash('sha256').update(frame).digest('hex');
  const signed = createPostSigner(HOST, region, credentials)({ path, bodyHash, now });
  const headers: Record<string, string> = { host: HOST };
  for (let index = 0; index < signed.length; index += 2) {
    headers[String(signed[index])] = String(signed[index + 1]);
  }
  return { path, headers };
}

describe('the signature of a post', () => {
  it.each<[string, Partial<Post>]>([
    ['with permanent credentials', {}],
    ['with a session', { credentials: { ...PERMANENT, sessionToken: 'FwoGZXIvYXdzE//+==' } }],
    ['for an id full of reserved characters', { connectionId: "a/b?c#d&e%41'()*! ~é=" }],
    ['for a frame of one character', { frame: 'x' }],
    ['in another Region', { region: 'cn-north-1' }],
    ['in the first second of a day', { now: Date.UTC(2027, 0, 1, 0, 0, 0, 500) }],
  ])("equals that of the SDK's client, %s", async (_title, change) => {
    const post = { ...POST, ...change };
    const ours = byUs(post);

    expect(ours.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=.*Signature=[\da-f]{64}$/,
    );
    expect(ours).toEqual(await bySdk(post));
  });

  it("equals that of the SDK's client for any id and frame", async () => {
    const idOf = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(
        idOf.filter((id) => id !== '.' && id !== '..'),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.option(fc.base64String({ minLength: 4 }), { nil: undefined }),
        async (connectionId, frame, sessionToken) => {
          const post = { ...POST, connectionId, frame };
          post.credentials = { ...PERMANENT, sessionToken };
          expect(byUs(post)).toEqual(await bySdk(post));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('changes key and date when a signer lives into the next day', async () => {
    const sign = createPostSigner(HOST, POST.region, PERMANENT);
    const midnight = Date.UTC(2026, 10, 23);
    const request = { path: '/live/@connections/c', bodyHash: 'ab' };

    sign({ ...request, now: midnight - 1 });
    const fresh = createPostSigner(HOST, POST.region, PERMANENT);
    expect(sign({ ...request, now: midnight })).toEqual(fresh({ ...request, now: midnight }));
  });
});
