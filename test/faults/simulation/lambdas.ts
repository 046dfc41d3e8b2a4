import { createAdapters } from './adapters.ts';
import { TIMEOUTS_MS } from './deployment.ts';
import type { SimulatedFunction } from './functions.ts';
import { composeConnect } from './lambdas/connect.ts';
import { composeDeliver } from './lambdas/deliver.ts';
import { composeDisconnect } from './lambdas/disconnect.ts';
import { composeFanOut } from './lambdas/fan-out.ts';
import { composeFlush } from './lambdas/flush.ts';
import { composeHistory } from './lambdas/history.ts';
import { composeJoin } from './lambdas/join.ts';
import { composeLeave } from './lambdas/leave.ts';
import { composePing } from './lambdas/ping.ts';
import { composeResume } from './lambdas/resume.ts';
import { composeSend } from './lambdas/send.ts';
import type { FunctionName, Seams } from './seams.ts';
import { createSurroundings, type World } from './surroundings.ts';

const COMPOSITIONS = {
  connect: composeConnect,
  disconnect: composeDisconnect,
  ping: composePing,
  join: composeJoin,
  leave: composeLeave,
  resume: composeResume,
  history: composeHistory,
  send: composeSend,
  fanOut: composeFanOut,
  flush: composeFlush,
  deliver: composeDeliver,
};

/** Every function as it is deployed: its own composition, once for each environment. */
export function composeAll({ seams, ...world }: World & { seams: Seams }) {
  const functions: Record<string, SimulatedFunction> = {};
  for (const name of Object.keys(COMPOSITIONS) as FunctionName[]) {
    functions[name] = {
      timeoutMs: TIMEOUTS_MS[name],
      compose(environment) {
        const surroundings = createSurroundings(environment, world);
        const dynamo = seams.dynamo?.(surroundings.dynamo, name) ?? surroundings.dynamo;
        const adapters = createAdapters({ ...surroundings, dynamo });
        const handler = COMPOSITIONS[name]({ ...adapters, ...seams.adapters?.(adapters, name) });
        return async (event, context) => {
          const given = seams.event?.(event, name) ?? event;
          const response = await handler(given, context);
          return seams.response?.(response, name) ?? response;
        };
      },
    };
  }
  return functions;
}
