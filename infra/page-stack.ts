import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { PageHosting } from './constructs/page-hosting.ts';

/** The chat page, apart from what it speaks to: a change of texts or colours touches nothing else. */
export class PageStack extends Stack {
  constructor(scope: Construct, id: string, props: { config: Config; webSocketUrl: string }) {
    super(scope, id, { description: 'Roomcast: the chat page on CloudFront' });
    const { url } = new PageHosting(this, 'Hosting', props);
    new CfnOutput(this, 'PageUrl', { value: url });
  }
}
