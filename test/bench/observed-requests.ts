import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

export interface ObservedRequest {
  /** As in `Query` or `SendMessageBatch`. */
  operation: string;
  startedAt: number;
  /** When the answer was there. */
  endedAt: number;
}

/** The requests that `work` makes to services of AWS, in the order of their answers. */
export async function observeRequests(work: () => Promise<unknown>): Promise<ObservedRequest[]> {
  const started = new Map<ClientRequest, number>();
  const observed: ObservedRequest[] = [];
  const onStart = (message: unknown) => {
    started.set((message as { request: ClientRequest }).request, performance.now());
  };
  const onFinish = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    const target = String(request.getHeader('x-amz-target'));
    const operation = target.slice(target.lastIndexOf('.') + 1);
    const endedAt = performance.now();
    observed.push({ operation, startedAt: started.get(request) ?? endedAt, endedAt });
  };
  subscribe('http.client.request.start', onStart);
  subscribe('http.client.response.finish', onFinish);
  try {
    await work();
  } finally {
    unsubscribe('http.client.request.start', onStart);
    unsubscribe('http.client.response.finish', onFinish);
  }
  return observed;
}
