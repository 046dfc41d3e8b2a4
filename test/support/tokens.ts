import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** An issuer of tokens: its published keys, and the tokens that it signs. */
export interface TokenIssuer {
  jwks: { keys: { kid: string; kty: string; use: string; alg: string; n: string; e: string }[] };
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): string;
}

/** RSA, as identity providers publish it. Another issuer with the same `kid` is a forger. */
export function createTokenIssuer(kid = 'key-1'): TokenIssuer {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  return {
    jwks: { keys: [{ kid, kty: 'RSA', use: 'sig', alg: 'RS256', n, e }] },
    sign: (claims, header = {}) => {
      const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid, ...header })}.${encode(claims)}`;
      return `${signed}.${signatureOf(signed, privateKey)}`;
    },
  };
}

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

const signatureOf = (signed: string, key: KeyObject) =>
  createSign('RSA-SHA256').update(signed).sign(key, 'base64url');
