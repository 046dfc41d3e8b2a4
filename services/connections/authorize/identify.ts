import { JwtVerifier } from 'aws-jwt-verify';
import { FetchError, JwksNotAvailableInCacheError, JwtBaseError } from 'aws-jwt-verify/error';
import * as z from 'zod';
import type { Identity } from '../../../shared/domain/identity.ts';
import { USER_ID_MAX_CHARACTERS } from '../../../shared/domain/limits.ts';

/** What a request offers of its sender. */
export interface Credentials {
  token?: string;
  /** Trusted only where open access was asked for by name. */
  userId?: string;
}

export type Identification =
  | { outcome: 'identified'; identity: Identity }
  /** Nothing was offered: 401. */
  | { outcome: 'missing' }
  /** What was offered does not hold: 403. */
  | { outcome: 'refused'; reason: string };

export type Identify = (credentials: Credentials) => Promise<Identification>;

const userIdSchema = z
  .string()
  .min(1)
  .max(USER_ID_MAX_CHARACTERS)
  .refine((userId) => userId.isWellFormed());

const claimsSchema = z.object({
  sub: userIdSchema,
  /** Room ids, or prefixes that end in `*`; absent means every room. */
  rooms: z.array(z.string()).optional(),
});

export interface TokenVerifier {
  /** @throws JwtBaseError for a token that does not hold. */
  verify(token: string): Promise<unknown>;
}

/** Checks signature, expiry, issuer and audience against the issuer's published keys. */
export function createTokenVerifier(options: {
  issuer: string;
  audience: string;
  jwksUri?: string | undefined;
}): TokenVerifier {
  const { issuer, audience, jwksUri } = options;
  return JwtVerifier.create({ issuer, audience, ...(jwksUri === undefined ? {} : { jwksUri }) });
}

/** Takes the sender from the token's `sub`, and the rooms it opens from its `rooms`. */
export function identifyByToken(verifier: TokenVerifier): Identify {
  return async ({ token }) => {
    if (token === undefined) return { outcome: 'missing' };
    try {
      const claims = claimsSchema.safeParse(await verifier.verify(token));
      if (!claims.success) return { outcome: 'refused', reason: 'claims' };
      const { sub: userId, rooms } = claims.data;
      return {
        outcome: 'identified',
        identity: rooms === undefined ? { userId } : { userId, rooms },
      };
    } catch (error) {
      // Keys that cannot be fetched say nothing about the token.
      if (error instanceof FetchError || error instanceof JwksNotAvailableInCacheError) throw error;
      if (error instanceof JwtBaseError) return { outcome: 'refused', reason: error.name };
      throw error;
    }
  };
}

/** Believes everybody: for one machine, and for stacks deployed with open access on purpose. */
export const identifyByName: Identify = async ({ userId }) => {
  if (userId === undefined || userId === '') return { outcome: 'missing' };
  if (!userIdSchema.safeParse(userId).success) return { outcome: 'refused', reason: 'userId' };
  return { outcome: 'identified', identity: { userId } };
};
