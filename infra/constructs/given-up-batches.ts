import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type {
  DlqDestinationConfig,
  IEventSourceDlq,
  IEventSourceMapping,
  IFunction,
} from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';

/** Where Lambda puts what it gives up. */
const KEY_PREFIX = 'aws/lambda/';

/**
 * Keeps the batches of a stream that Lambda has given up, records included: of all destinations, only
 * a bucket gets more than where in the stream they once were.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export class GivenUpBatches extends Construct implements IEventSourceDlq {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: { config: Config; keptFor: Duration }) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        { expiration: props.keptFor, abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy:
        props.config.stage === 'production' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Lambda alone writes here, and an operator reads; who did is in CloudTrail, and an access log would be one more bucket to guard.',
    });
  }

  /**
   * Lambda writes with the function's role. The account is named, so that nobody else gets the
   * records by making a bucket of this name after it was deleted.
   */
  bind(_target: IEventSourceMapping, fn: IFunction): DlqDestinationConfig {
    const { role } = fn;
    if (role === undefined) throw new Error(`${fn.node.path} has no role: give it one.`);
    const stack = Stack.of(this);
    const conditions = { StringEquals: { 's3:ResourceAccount': stack.account } };
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`${KEY_PREFIX}*`)],
        conditions,
      }),
    );
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [this.bucket.bucketArn],
        conditions,
      }),
    );
    const logicalId = stack.getLogicalId(this.bucket.node.defaultChild as CfnBucket);
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${KEY_PREFIX}*]`,
      reason: 'Lambda names every object after the time; the prefix is all that is known before.',
    });
    return { destination: this.bucket.bucketArn };
  }
}
