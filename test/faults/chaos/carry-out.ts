import { setTimeout as delay } from 'node:timers/promises';
import type { EventOf } from '../checker/history.ts';
import type { Inject } from './inject.ts';
import type { PlannedFault } from './plan.ts';

export interface CarryOutOptions {
  plan: readonly PlannedFault[];
  inject: Inject;
  signal: AbortSignal;
  onFault: (fault: EventOf<'fault'>) => void;
}

/** Injects every fault at its time. Resolves when the last of them is over. */
export async function carryOut({ plan, inject, signal, onFault }: CarryOutOptions): Promise<void> {
  await Promise.all(
    plan.map(async (fault) => {
      await delay(fault.atMs, undefined, { signal });
      const injected = await inject(fault);
      if (injected !== undefined) onFault({ kind: 'fault', fault: fault.kind, ...injected });
    }),
  );
}
