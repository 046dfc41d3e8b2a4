/** What a deployment may be told: every context key, its default and its cure, on one screen. */
import * as z from 'zod';

const POSTS_PER_SECOND = 'use a whole number of posts from 100 to 500000 a second';
const SHARE = 'use a whole number of percent from 1 to 100';
const WINDOW = 'use a whole number of milliseconds from 500 to 10000';
const SNS_TOPIC = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?$/;
const ORIGIN = /^(\*|https?:\/\/[^/\s,]+)$/;

/** `-c key=value` gives text, `cdk.json` gives JSON: both are accepted. */
const contextSchema = z.object({
  stage: z
    .enum(['dev', 'production'], { error: 'use -c stage=dev or -c stage=production' })
    .default('dev'),
  issuer: z
    .url({
      protocol: /^https$/,
      error: 'use the https URL of the token issuer, as in the claim "iss"',
    })
    .optional(),
  audience: z
    .string()
    .min(1, 'use the audience of the tokens, as in the claim "aud" or "client_id"')
    .optional(),
  jwksUri: z
    .url({
      protocol: /^https$/,
      error: "use the https URL of the issuer's keys, or leave it out for /.well-known/jwks.json",
    })
    .optional(),
  openAccess: z
    .union([z.literal(true), z.literal('true').transform(() => true as const)], {
      error: 'only the literal true opens the deployment to everyone; leave the key out otherwise',
    })
    .optional(),
  allowedOrigins: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ''),
    )
    .refine((origins) => origins.every((origin) => ORIGIN.test(origin)), {
      error: 'use a comma-separated list of origins without paths, e.g. https://chat.example.com',
    }),
  hosting: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
      error: 'use -c hosting=true for the chat page on CloudFront, or leave it out',
    })
    .default(false),
  travelTimes: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
      error: 'use -c travelTimes=true to show how messages travel, or leave it out',
    })
    .default(false),
  clientId: z
    .string()
    .min(1, 'use the id under which the issuer knows the chat page, or leave it out')
    .optional(),
  retentionDays: z.coerce
    .number({ error: 'use a whole number of days from 1 to 9999' })
    .int('use a whole number of days from 1 to 9999')
    .min(1, 'use a whole number of days from 1 to 9999')
    .max(9999, 'use a whole number of days from 1 to 9999')
    .default(30),
  postsPerSecond: z.coerce
    .number({ error: POSTS_PER_SECOND })
    .int(POSTS_PER_SECOND)
    .min(100, POSTS_PER_SECOND)
    .max(500_000, POSTS_PER_SECOND)
    .default(8_000),
  roomSharePercent: z.coerce
    .number({ error: SHARE })
    .int(SHARE)
    .min(1, SHARE)
    .max(100, SHARE)
    .default(50),
  windowMaxMs: z.coerce
    .number({ error: WINDOW })
    .int(WINDOW)
    .min(500, WINDOW)
    .max(10_000, WINDOW)
    .default(2_000),
  poster: z
    .enum(['lean', 'sdk'], { error: 'use lean, or sdk to post through the client of the SDK' })
    .default('lean'),
  alarmTopicArn: z
    .string()
    .regex(SNS_TOPIC, 'use the ARN of an SNS topic, as in arn:aws:sns:eu-west-1:123456789012:pager')
    .optional(),
  runbookUrl: z
    .string()
    .regex(/^[^\s#]+$/, 'use where docs/runbook.md can be read, without spaces and without #')
    .default('docs/runbook.md'),
  logLevel: z
    .enum(['DEBUG', 'INFO', 'WARN', 'ERROR'], { error: 'use DEBUG, INFO, WARN or ERROR' })
    .default('INFO'),
});

type Identity =
  /** Without `jwksUri` the issuer publishes its keys under `/.well-known/jwks.json`. */
  { kind: 'jwt'; issuer: string; audience: string; jwksUri?: string } | { kind: 'open' };

export interface Config {
  stage: 'dev' | 'production';
  identity: Identity;
  /** Empty means that no other origin's page may call the HTTP API. */
  allowedOrigins: string[];
  /** Whether the chat page is hosted beside the rest. */
  hosting: boolean;
  /** Whether pushed messages carry the times that they passed by, for the page to show. */
  travelTimes: boolean;
  /** Under which the issuer knows the chat page; absent, the audience. */
  clientId?: string;
  /** How long messages are kept. */
  retentionDays: number;
  /**
   * What deliveries may take of the account's 10,000 requests and posts a second. The default leaves
   * 2,000 to what comes in; raise it with the quota.
   */
  postsPerSecond: number;
  /** What one room may take of that, before its messages wait for each other. */
  roomSharePercent: number;
  /** How long they wait at the most; what is too much even so is refused. */
  windowMaxMs: number;
  /** What posts frames to connections: our own client, or that of the SDK. */
  poster: 'lean' | 'sdk';
  /** Who is told when an alarm rings, and when it is over; absent: nobody. */
  alarmTopicArn?: string;
  /** Where the descriptions of the alarms lead. */
  runbookUrl: string;
  logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  /** What `GET /api/health` answers. */
  version: string;
}

/** A deployment cannot go on with the context it was given; the message names the key and the fix. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Parses the context of the CDK app.
 *
 * @throws ConfigError that names every wrong key at once, or the missing way of telling who a user is.
 */
export function readConfig(readContext: (key: string) => unknown, version: string): Config {
  const given = Object.keys(contextSchema.shape).map((key) => [key, readContext(key)]);
  const parsed = contextSchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join('.')}: ${issue.message}`,
    );
    throw new ConfigError(`The deployment context is wrong. ${problems.join('; ')}`);
  }
  const { issuer, audience, jwksUri, openAccess, clientId, alarmTopicArn, ...rest } = parsed.data;
  return {
    ...rest,
    ...(clientId !== undefined && { clientId }),
    ...(alarmTopicArn !== undefined && { alarmTopicArn }),
    identity: identityFrom({ issuer, audience, jwksUri, openAccess }),
    version,
  };
}

function identityFrom(
  given: Pick<z.output<typeof contextSchema>, 'issuer' | 'audience' | 'jwksUri' | 'openAccess'>,
): Identity {
  const { issuer, audience, jwksUri, openAccess } = given;
  if (openAccess && (issuer ?? audience ?? jwksUri) !== undefined) {
    throw new ConfigError(
      'openAccess contradicts issuer, audience and jwksUri: give -c openAccess=true alone, or drop it.',
    );
  }
  if (openAccess) return { kind: 'open' };
  if (issuer !== undefined && audience !== undefined) {
    return { kind: 'jwt', issuer, audience, ...(jwksUri !== undefined && { jwksUri }) };
  }
  throw new ConfigError(
    'Nobody could be identified: give -c issuer=<https URL> and -c audience=<text>, or -c openAccess=true to let anyone claim any name.',
  );
}
