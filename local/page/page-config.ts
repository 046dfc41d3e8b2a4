import type { StackModel } from '../template/model.ts';

/** What a deployment of this template tells the page in `config.json`. */
export function pageConfigOf({ webSocketApi, functions }: StackModel): object {
  return { webSocketUrl: `/${webSocketApi.stageName}`, identity: identityOf(functions) };
}

function identityOf(functions: StackModel['functions']): object {
  const authorize = functions.find(({ environment }) => environment.IDENTITY === 'jwt');
  if (authorize === undefined) return { kind: 'open' };
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = authorize.environment;
  return { kind: 'oidc', issuer, audience, clientId: audience };
}
