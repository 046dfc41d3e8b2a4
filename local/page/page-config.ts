import type { StackModel } from '../template/model.ts';
import type { PageServerOptions } from './page-server.ts';

/** What a deployment of this template tells the page in `config.json`, and where it lets it speak to. */
export function pageConfigOf(model: StackModel): Pick<PageServerOptions, 'config' | 'connectTo'> {
  const webSocketUrl = `/${model.webSocketApi.stageName}`;
  const travelTimes = model.functions.some(({ environment }) => environment.TRAVEL_TIMES === 'on');
  const authorize = model.functions.find(({ environment }) => environment.IDENTITY === 'jwt');
  if (authorize === undefined) {
    return { config: { webSocketUrl, identity: { kind: 'open' }, travelTimes } };
  }
  const { JWT_ISSUER: issuer = '', JWT_AUDIENCE: audience } = authorize.environment;
  const identity = { kind: 'oidc', issuer, audience, clientId: audience };
  return { config: { webSocketUrl, identity, travelTimes }, connectTo: [new URL(issuer).origin] };
}
