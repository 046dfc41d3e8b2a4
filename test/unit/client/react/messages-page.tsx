import type { ChatClientOptions } from '../../../../client/index.ts';
import { useMessages } from '../../../../client/react/index.ts';
import { upTo } from '../chat-setup.ts';
import { createProbe, setUpPage } from './render.tsx';

export interface MessagesProps {
  history?: number;
}

/** A page that shows the messages of a room, of which so many are stored. */
export async function setUpMessages(
  stored: number,
  props: MessagesProps = {},
  options?: Partial<ChatClientOptions>,
) {
  const page = setUpPage(options);
  for (const _ of upTo(stored)) page.server.publish('lobby');
  const probe = createProbe((given: MessagesProps) => useMessages('lobby', given));
  await page.show(probe.element(props));
  const seqs = () => probe.now.messages.map(({ seq }) => seq);
  const pending = () => probe.now.pending.map(({ text, state }) => `${text}: ${state}`);
  return { ...page, probe, seqs, pending };
}
