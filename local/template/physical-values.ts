/** Which names, ARNs and URLs the resources of a template get on one machine. */

export interface PhysicalValues {
  /** What `Ref` gives. */
  ref: string;
  /** What `Fn::GetAtt` gives. */
  attributes: Record<string, string>;
}

export interface Place {
  region: string;
  accountId: string;
  /** A queue has the URL of the engine that holds it. */
  queueUrl: (queueName: string) => string;
}

/** A table gets one stream, for its whole life; on AWS the label is the time it was switched on. */
const STREAM_LABEL = '2026-01-01T00:00:00.000';

/** The hash that the CDK appends to a logical id. */
const LOGICAL_ID_HASH = /[0-9A-F]{8}$/;

/** DynamoDB takes no shorter one. */
const SHORTEST_NAME = 3;

/** A readable name for a logical id: without the hash, unless that makes it too short or ambiguous. */
export function physicalName(logicalId: string, allLogicalIds: readonly string[]): string {
  const bare = bareName(logicalId);
  const ambiguous = allLogicalIds.some((id) => id !== logicalId && bareName(id) === bare);
  return bare.length < SHORTEST_NAME || ambiguous ? logicalId : bare;
}

function bareName(logicalId: string): string {
  return logicalId.replace(LOGICAL_ID_HASH, '');
}

/**
 * What other resources may ask of a resource of this type, or `undefined` where nothing is known
 * beyond its existence.
 */
export function physicalValues(
  type: string,
  name: string,
  properties: Record<string, unknown>,
  place: Place,
): PhysicalValues | undefined {
  const { region, accountId } = place;
  const arn = (service: string, resource: string) =>
    `arn:aws:${service}:${region}:${accountId}:${resource}`;

  switch (type) {
    case 'AWS::DynamoDB::GlobalTable': {
      const Arn = arn('dynamodb', `table/${name}`);
      return { ref: name, attributes: { Arn, StreamArn: `${Arn}/stream/${STREAM_LABEL}` } };
    }
    case 'AWS::SQS::Queue': {
      const QueueUrl = place.queueUrl(name);
      return {
        ref: QueueUrl,
        attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl },
      };
    }
    case 'AWS::S3::Bucket': {
      // S3 knows no capitals, and its ARNs no account.
      const bucketName = name.toLowerCase();
      return { ref: bucketName, attributes: { Arn: `arn:aws:s3:::${bucketName}` } };
    }
    case 'AWS::Lambda::Function':
      return { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } };
    case 'AWS::CloudWatch::Alarm':
    case 'AWS::CloudWatch::CompositeAlarm': {
      const alarmName = typeof properties.AlarmName === 'string' ? properties.AlarmName : name;
      return { ref: alarmName, attributes: { Arn: arn('cloudwatch', `alarm:${alarmName}`) } };
    }
    case 'AWS::ApiGatewayV2::Api': {
      const apiId = name.toLowerCase();
      const scheme = properties.ProtocolType === 'WEBSOCKET' ? 'wss' : 'https';
      const ApiEndpoint = `${scheme}://${apiId}.execute-api.${region}.amazonaws.com`;
      return { ref: apiId, attributes: { ApiId: apiId, ApiEndpoint } };
    }
    case 'AWS::ApiGatewayV2::Stage':
      return typeof properties.StageName === 'string'
        ? { ref: properties.StageName, attributes: {} }
        : undefined;
    case 'AWS::ApiGatewayV2::Authorizer':
    case 'AWS::ApiGatewayV2::Integration':
    case 'AWS::ApiGatewayV2::Route':
    case 'AWS::Lambda::EventSourceMapping':
      return { ref: name, attributes: {} };
    case 'AWS::Logs::LogGroup':
      return { ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } };
    case 'AWS::IAM::Role':
      return { ref: name, attributes: { Arn: `arn:aws:iam::${accountId}:role/${name}` } };
    default:
      return undefined;
  }
}
