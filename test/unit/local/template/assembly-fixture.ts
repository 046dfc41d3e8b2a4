// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of Fn::Sub.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** The smallest stack that the local runtime serves: one route of each kind, one queue, one table. */
export function smallestChat(): Record<string, TemplateResource> {
  return {
    Handler: {
      Type: 'AWS::Lambda::Function',
      Properties: { Code: { S3Key: 'abc.zip' }, Handler: 'index.handler' },
    },
    Jobs: { Type: 'AWS::SQS::Queue' },
    Socket: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: { ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.kind' },
    },
    Live: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Socket' }, StageName: 'live' },
    },
    Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
    HttpStage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Http' }, StageName: '$default' },
    },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: {
          'Fn::Sub':
            'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Handler.Arn}/invocations',
        },
      },
    },
    DefaultRoute: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Socket' },
        RouteKey: '$default',
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      },
    },
  };
}

/** The other stack, whose table the first one imports. */
export function smallestData(): Record<string, TemplateResource> {
  return {
    Messages: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'roomId', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'roomId', KeyType: 'HASH' }],
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      },
    },
  };
}

/** Writes an assembly of two stacks with one asset into a new folder of its own. */
export function writeAssembly(
  chat: Record<string, TemplateResource>,
  data: Record<string, TemplateResource> = smallestData(),
): string {
  const dir = mkdtempSync(join(tmpdir(), 'roomcast-assembly-'));
  const write = (name: string, content: unknown) =>
    writeFileSync(join(dir, name), JSON.stringify(content));

  mkdirSync(join(dir, 'asset.abc'));
  writeFileSync(join(dir, 'asset.abc', 'index.mjs'), 'export const handler = () => {};');
  write('chat.assets.json', {
    files: {
      abc: { source: { path: 'asset.abc' }, destinations: { here: { objectKey: 'abc.zip' } } },
    },
  });
  write('chat.template.json', { Resources: chat });
  write('data.template.json', {
    Resources: data,
    Outputs: {
      Stream: {
        Value: { 'Fn::GetAtt': ['Messages', 'StreamArn'] },
        Export: { Name: 'data:MessagesStream' },
      },
    },
  });
  write('manifest.json', {
    artifacts: {
      'chat.assets': { type: 'cdk:asset-manifest', properties: { file: 'chat.assets.json' } },
      chat: {
        type: 'aws:cloudformation:stack',
        properties: { templateFile: 'chat.template.json' },
      },
      data: {
        type: 'aws:cloudformation:stack',
        properties: { templateFile: 'data.template.json' },
      },
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    },
  });
  return dir;
}
