import { Logger } from '@aws-lambda-powertools/logger';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { readEnvironment } from '../../env.ts';
import { createAuthorizeHandler } from './handler.ts';
import { createTokenVerifier, identifyByName, identifyByToken } from './identify.ts';

const env = readEnvironment('authorize', process.env);

export const handler = createAuthorizeHandler({
  identify:
    env.IDENTITY === 'open'
      ? identifyByName
      : identifyByToken(
          createTokenVerifier({
            issuer: env.JWT_ISSUER,
            audience: env.JWT_AUDIENCE,
            jwksUri: env.JWT_JWKS_URI,
          }),
        ),
  log: new Logger(),
  metrics: createMetrics('authorize'),
});
