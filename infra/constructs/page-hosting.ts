import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  AssetHashType,
  DockerImage,
  Duration,
  RemovalPolicy,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import {
  AllowedMethods,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  PriceClass,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct, type IConstruct } from 'constructs';
import type { Config } from '../config.ts';
import { logRetention } from './log-retention.ts';

const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The chat page on CloudFront, from a bucket that nobody else can read. What it has to know of the
 * deployment is written beside it as `config.json`, so one build serves all.
 */
export class PageHosting extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, props: { config: Config; webSocketUrl: string }) {
    super(scope, id);
    const { config, webSocketUrl } = props;

    // The CDK's own types disagree about a property that is not used here.
    const bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // Everything in it can be built again.
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    }) as IBucket;
    const distribution = new Distribution(this, 'Distribution', {
      comment: `Roomcast ${config.stage}: chat page`,
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        compress: true,
        responseHeadersPolicy: this.#headers(config, webSocketUrl),
      },
    });
    this.url = `https://${distribution.distributionDomainName}/`;
    acknowledge(bucket, {
      S1: 'Read by CloudFront only, and nothing in it is private: a log would tell nothing.',
    });
    acknowledge(distribution, {
      CFR1: 'Whoever may use the chat may do so from anywhere.',
      CFR2: 'Static files from a cache. What is worth attacking is the API, which has limits of its own.',
      CFR3: 'Static files without any data: whoever opens a connection stands in the access log of the API.',
      CFR4: 'The certificate of CloudFront sets the protocol: with a domain of your own, set TLSv1.2_2021.',
    });
    const { travelTimes } = config;
    const pageConfig = { webSocketUrl, identity: identityOf(config), travelTimes };
    this.#deploy(bucket, distribution, pageConfig, config);
  }

  /** Nothing inline, nothing from elsewhere; the page speaks to the socket and to the issuer only. */
  #headers({ identity }: Config, webSocketUrl: string): ResponseHeadersPolicy {
    const connect = ["'self'", webSocketUrl];
    if (identity.kind === 'jwt') connect.push(new URL(identity.issuer).origin);
    const policy = {
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self'",
      'connect-src': connect.join(' '),
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    };
    return new ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          contentSecurityPolicy: Object.entries(policy)
            .map(([directive, sources]) => `${directive} ${sources}`)
            .join('; '),
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(730),
          includeSubdomains: true,
          override: true,
        },
      },
    });
  }

  /**
   * Names of assets carry a hash of what is in them: they may be kept for ever, and those of earlier
   * releases stay for the pages that are open. What has a fixed name comes last, and is asked for anew.
   */
  #deploy(bucket: IBucket, distribution: Distribution, pageConfig: object, config: Config): void {
    const page = Source.asset(join(PROJECT_ROOT, 'client', 'web'), {
      assetHashType: AssetHashType.OUTPUT,
      bundling: {
        image: DockerImage.fromRegistry('never-used'),
        local: { tryBundle: buildPage },
      },
    });
    const logGroup = new LogGroup(this, 'DeploymentLogs', {
      retention: logRetention(config.stage),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const shared = { destinationBucket: bucket, prune: false, logGroup };
    const assets = new BucketDeployment(this, 'Assets', {
      ...shared,
      sources: [page],
      exclude: ['*'],
      include: ['assets/*'],
      cacheControl: [CacheControl.fromString('public, max-age=31536000, immutable')],
    });
    const entrance = new BucketDeployment(this, 'Entrance', {
      ...shared,
      sources: [page, Source.jsonData('config.json', pageConfig)],
      exclude: ['assets/*'],
      cacheControl: [CacheControl.noCache()],
      distribution,
      distributionPaths: ['/', '/index.html', '/config.json'],
    });
    entrance.node.addDependency(assets);
    acknowledgeHandler(assets, bucket);
  }
}

/** As `config.json` has it; see `client/web/boot/page-config.ts`. */
function identityOf({ identity, clientId }: Config): object {
  if (identity.kind === 'open') return { kind: 'open' };
  const { issuer, audience } = identity;
  return { kind: 'oidc', issuer, audience, clientId: clientId ?? audience };
}

/** In a process of its own: Vite builds only asynchronously, and the CDK waits for nothing. */
function buildPage(outDir: string): boolean {
  execFileSync(
    process.execPath,
    [
      join(PROJECT_ROOT, 'node_modules', 'vite', 'bin', 'vite.js'),
      ...['build', '--config', join('client', 'web', 'vite.config.ts')],
      ...['--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'],
    ],
    { cwd: PROJECT_ROOT, env: { ...process.env, NODE_ENV: 'production' }, stdio: 'inherit' },
  );
  return true;
}

/** The function that copies the files is the CDK's own, and so are its rights. */
function acknowledgeHandler(deployment: BucketDeployment, bucket: IBucket): void {
  const { handlerRole } = deployment;
  const stack = Stack.of(deployment);
  const why = 'Given by the CDK to its own function, which copies the built page into the bucket.';
  const actions = ['s3:GetBucket*', 's3:GetObject*', 's3:List*', 's3:Abort*', 's3:DeleteObject*'];
  const assets = 'arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*';
  const own = `<${stack.getLogicalId(bucket.node.defaultChild as CfnBucket)}.Arn>/*`;
  const wildcards = [
    ...actions.map((action) => `Action::${action}`),
    ...[assets, own].map((resource) => `Resource::${resource}`),
  ];
  const basic = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
  acknowledge(handlerRole, {
    [`IAM4[Policy::${basic}]`]: 'The policy that the CDK gives to its own function, for its logs.',
    ...Object.fromEntries(wildcards.map((wildcard) => [`IAM5[${wildcard}]`, why])),
    'IAM5[Resource::*]':
      'Invalidations of CloudFront cannot be limited to one distribution by the CDK.',
  });
  const handler = handlerRole.node.scope;
  if (handler !== undefined) {
    acknowledge(handler, {
      L1: 'The runtime of the function is chosen by the CDK that brings it.',
    });
  }
}

/** @param reasons by the number of the rule in AwsSolutions */
function acknowledge(scope: IConstruct, reasons: Record<string, string>): void {
  for (const [rule, reason] of Object.entries(reasons)) {
    Validations.of(scope).acknowledge({ id: `AwsSolutions-${rule}`, reason });
  }
}
