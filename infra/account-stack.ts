import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * The role that API Gateway writes logs with: one per account and Region, shared by all of its APIs.
 *
 * Without it the access log of a WebSocket stage fails to deploy ("CloudWatch Logs role ARN must be
 * set in account settings"). It stays when the stack goes, because other APIs may have come to rely
 * on it, and both stages of Roomcast share this stack.
 */
export class AccountStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id, { description: 'Roomcast: lets API Gateway write access logs' });

    const role = new Role(this, 'ApiGatewayLogsRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs'),
      ],
    });
    const account = new CfnAccount(this, 'ApiGatewayAccount', { cloudWatchRoleArn: role.roleArn });

    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      reason:
        'The policy that API Gateway documents for this role; the log groups are not ours alone.',
    });
  }
}
