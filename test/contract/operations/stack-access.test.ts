import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { announceRunningStack } from '../../../local/running-stack.ts';
import { reachDeployedStack, reachLocalStack } from '../../../operations/common/stack-access.ts';
import { temporaryDirectory } from '../../support/assembly.ts';
import { acceptCoreErrors } from '../../support/core-errors.ts';
import { setEnvironment } from '../aws/engines.ts';

acceptCoreErrors();

const outputs = {
  WebSocketUrl: 'wss://api.execute-api.us-east-1.amazonaws.com/live',
  ConnectionsTableName: 'connections-1',
  MembershipsTableName: 'memberships-1',
  DeliveryQueueUrl: 'https://sqs.us-east-1.amazonaws.com/1/jobs',
  DeliveryDlqUrl: 'https://sqs.us-east-1.amazonaws.com/1/jobs-dlq',
  FanOutDlqUrl: 'https://sqs.us-east-1.amazonaws.com/1/fan-out-dlq',
  FlushQueueUrl: 'https://sqs.us-east-1.amazonaws.com/1/flushes',
  FlushDlqUrl: 'https://sqs.us-east-1.amazonaws.com/1/flush-dlq',
  FanOutFunctionName: 'fan-out',
  GivenUpBucketName: 'given-up',
};

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Answers every request with what there is for it; says what was asked. */
async function serve(status: number, body: string | ((asked: string) => string)) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    asked.push(text);
    response.writeHead(status, { 'content-type': 'text/xml', connection: 'close' });
    response.end(typeof body === 'string' ? body : body(text));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = () => new Promise((closed) => server.close(closed));
  cleanUps.push(close);
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, asked, close };
}

describe('a deployed stack', () => {
  const describing = (found: Record<string, string>) =>
    `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>chat</StackName><Outputs>${Object.entries(
      found,
    )
      .map(
        ([key, value]) =>
          `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      )
      .join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;

  const listing = (id: string) =>
    `<ListStackResourcesResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ListStackResourcesResult><StackResourceSummaries><member><ResourceType>AWS::X::Y</ResourceType><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>its-${id}</PhysicalResourceId></member></StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`;

  beforeEach(() => setEnvironment());

  it('is found by what CloudFormation tells of it', async () => {
    const { endpoint, asked } = await serve(200, (text) =>
      text.includes('Action=DescribeStacks')
        ? describing({ ...outputs, HttpUrl: 'https://x' })
        : listing(text.includes('-data') ? 'Messages' : 'FanOut'),
    );
    process.env.AWS_ENDPOINT_URL_CLOUDFORMATION = endpoint;

    const access = await reachDeployedStack('Roomcast-dev-chat');
    expect(access.outputs).toEqual(outputs);
    expect(access.resources).toEqual([
      { type: 'AWS::X::Y', logicalId: 'FanOut', physicalId: 'its-FanOut' },
      { type: 'AWS::X::Y', logicalId: 'Messages', physicalId: 'its-Messages' },
    ]);
    expect(asked[0]).toContain('StackName=Roomcast-dev-chat');
  });

  it('of an older version is refused, with what it does not say', async () => {
    const { GivenUpBucketName: _, FanOutFunctionName: __, ...older } = outputs;
    process.env.AWS_ENDPOINT_URL_CLOUDFORMATION = (await serve(200, describing(older))).endpoint;

    await expect(reachDeployedStack('Roomcast-dev-chat')).rejects.toThrow(
      'Roomcast-dev-chat does not say FanOutFunctionName, GivenUpBucketName',
    );
  });

  it('that is none is refused in the words of CloudFormation', async () => {
    const { endpoint } = await serve(
      400,
      '<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id X does not exist</Message></Error></ErrorResponse>',
    );
    process.env.AWS_ENDPOINT_URL_CLOUDFORMATION = endpoint;

    await expect(reachDeployedStack('X')).rejects.toThrow(
      /^X cannot be described: Stack with id X does not exist\. .*Roomcast-<stage>-chat/,
    );
  });
});

describe('a local stack', () => {
  async function announce(found: Record<string, string> = outputs) {
    const directory = temporaryDirectory();
    cleanUps.push(directory.remove);
    const { endpoint, close } = await serve(200, '');
    const takeBack = announceRunningStack(directory.path, {
      region: 'us-east-1',
      endpoints: { dynamoDb: endpoint, sqs: endpoint, s3: endpoint, lambda: endpoint },
      outputs: found,
      resources: [{ type: 'AWS::SQS::Queue', logicalId: 'Dlq', physicalId: 'https://q' }],
    });
    return { path: directory.path, takeBack, crash: close };
  }

  it('is found by its data directory', async () => {
    const { path } = await announce();

    const access = await reachLocalStack(path);
    expect(access.outputs).toEqual(outputs);
    expect(access.resources).toHaveLength(1);
  });

  it.each([
    { description: 'was never started', end: () => {} },
    { description: 'was stopped', end: ({ takeBack }: Ended) => takeBack() },
    { description: 'has crashed', end: ({ crash }: Ended) => crash() },
  ])('that $description does not run', async ({ description, end }) => {
    const announced = await announce();
    await end(announced);
    const path =
      description === 'was never started' ? join(announced.path, 'other') : announced.path;

    await expect(reachLocalStack(path)).rejects.toThrow(`No local stack runs on ${path}`);
  });
});

type Ended = { takeBack: () => void; crash: () => Promise<unknown> };
