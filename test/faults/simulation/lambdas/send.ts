import { createSendHandler } from '../../../../services/messages/1-send/handler.ts';
import { createSend } from '../../../../services/messages/1-send/send.ts';
import type { Adapters } from '../adapters.ts';
import { RETENTION_MS } from '../deployment.ts';

export const composeSend = (adapters: Adapters) => {
  const { sequencer, store, messages, memberships, clock, after, newMessageId, log, metrics } =
    adapters;
  const send = createSend({
    sequencer,
    store,
    log: messages,
    clock,
    newMessageId,
    expireIn(ms) {
      const expiry = new AbortController();
      after(ms, () => expiry.abort());
      return expiry.signal;
    },
    retentionMs: RETENTION_MS,
  });
  return createSendHandler({ send, memberships, log, metrics });
};
