import type { App } from 'aws-cdk-lib';
import { AccountStack } from './account-stack.ts';
import { ChatStack } from './chat-stack.ts';
import type { Config } from './config.ts';
import { DataStack } from './data-stack.ts';
import { PageStack } from './page-stack.ts';

export interface Stacks {
  account: AccountStack;
  data: DataStack;
  chat: ChatStack;
  /** With `-c hosting=true`. */
  page?: PageStack;
}

/** What outlives a release apart from what a release replaces. Region and account are left to the CLI. */
export function createStacks(app: App, config: Config): Stacks {
  const account = new AccountStack(app, 'RoomcastAccount');
  const data = new DataStack(app, `Roomcast-${config.stage}-data`, { config });
  const chat = new ChatStack(app, `Roomcast-${config.stage}-chat`, { config, tables: data.tables });
  chat.addStackDependency(account);
  if (!config.hosting) return { account, data, chat };
  const { webSocketUrl } = chat;
  const page = new PageStack(app, `Roomcast-${config.stage}-page`, { config, webSocketUrl });
  return { account, data, chat, page };
}
