import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { resourcesOf, synthesizeStacks } from './synthesized-stacks.ts';

const JWT = { issuer: 'https://issuer.example/realm', audience: 'chat' };
const { page } = synthesizeStacks({ ...JWT, clientId: 'chat-page', hosting: true });

describe('the hosted page', () => {
  it('is left out unless it is asked for', () => {
    const { page: none } = synthesizeStacks(JWT);
    expect(none.toJSON()).toEqual({});
  });

  it('is read by CloudFront only, and by browsers over TLS only', () => {
    page.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    page.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 's3:GetObject',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Condition: { StringEquals: { 'AWS:SourceArn': Match.anyValue() } },
          }),
        ]),
      },
    });
    page.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        DefaultRootObject: 'index.html',
        DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https', Compress: true },
      },
    });
  });

  it('runs nothing inline, and speaks to its socket and its issuer only', () => {
    const [[, headers] = []] = resourcesOf(page, 'AWS::CloudFront::ResponseHeadersPolicy');
    const policy = JSON.stringify(headers?.Properties);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; ");
    expect(policy).toMatch(
      /connect-src 'self' .*wss:.* https:\/\/issuer\.example; base-uri 'none'/,
    );
    expect(policy).not.toContain('unsafe');
    expect(headers?.Properties).toMatchObject({
      ResponseHeadersPolicyConfig: {
        SecurityHeadersConfig: {
          ContentTypeOptions: { Override: true },
          FrameOptions: { FrameOption: 'DENY', Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 63_072_000, Override: true },
        },
      },
    });
  });

  it('keeps assets for ever, and asks for the entrance and the configuration anew', () => {
    const deployments = resourcesOf(page, 'Custom::CDKBucketDeployment').map(
      ([, { Properties }]) => Properties,
    );
    expect(deployments).toMatchObject([
      {
        Include: ['assets/*'],
        Prune: false,
        SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
      },
      {
        Exclude: ['assets/*'],
        Prune: false,
        SystemMetadata: { 'cache-control': 'no-cache' },
        DistributionPaths: ['/', '/index.html', '/config.json'],
      },
    ]);
  });

  it('goes when the stack goes: all of it can be built again', () => {
    for (const [, { DeletionPolicy }] of resourcesOf(page, 'AWS::S3::Bucket')) {
      expect(DeletionPolicy).toBe('Delete');
    }
  });
});
