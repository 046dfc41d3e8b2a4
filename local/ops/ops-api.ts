import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { AlarmStatus } from '../cloudwatch/alarm-watch.ts';
import type { CloudWatch } from '../cloudwatch/cloudwatch.ts';
import { splitUrl } from '../gateway/request-parts.ts';
import type { StackModel } from '../template/model.ts';
import type { OpsAlarm, OpsAlarms } from './contract.ts';
import { createDrawing } from './drawing.ts';

const PREFIX = '/ops/data/';

const sinceSchema = z
  .string()
  .regex(/^\d{1,15}$/, 'since must be milliseconds since 1970, as "now" of an earlier answer')
  .transform(Number)
  .optional();

/**
 * `GET /ops/data/dashboard`, `/ops/data/series?since=` and `/ops/data/alarms`, as `contract.ts` has
 * them. Says whether the request was for it.
 */
export function createOpsApi(
  cloudWatch: CloudWatch,
  model: Pick<StackModel, 'dashboards' | 'region'>,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const drawing = createDrawing(cloudWatch, model);

  function answer(name: string, query: URLSearchParams): [status: number, body: unknown] {
    switch (name) {
      case 'dashboard':
        return [200, drawing.dashboard];
      case 'alarms':
        return [200, { alarms: cloudWatch.alarms().map(toOpsAlarm) } satisfies OpsAlarms];
      case 'series': {
        const since = sinceSchema.safeParse(query.get('since') ?? undefined);
        if (since.success) return [200, drawing.seriesSince(since.data)];
        return [400, { message: since.error.issues[0]?.message }];
      }
      default:
        return [404, { message: `There is ${PREFIX}dashboard, series and alarms.` }];
    }
  }

  return (request, response) => {
    const { path, query } = splitUrl(request.url);
    if (!path.startsWith(PREFIX)) return false;
    request.resume();
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const [status, body] = isRead
      ? answer(path.slice(PREFIX.length), new URLSearchParams(query))
      : [405, { message: 'These are only read.' }];
    const text = JSON.stringify(body);
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : text);
    return true;
  };
}

/** `What has happened. Runbook: <link>` */
const DESCRIPTION = /^(.*?)\s*Runbook:\s*(\S+)$/s;

function toOpsAlarm({ alarm, state, since, reason }: AlarmStatus): OpsAlarm {
  const { name, kind } = alarm;
  const [, description = alarm.description, runbook] = DESCRIPTION.exec(alarm.description) ?? [];
  return { name, kind, description, ...(runbook && { runbook }), state, since, reason };
}
