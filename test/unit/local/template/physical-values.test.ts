import { describe, expect, it } from '@jest/globals';
import { physicalName, physicalValues } from '../../../../local/template/physical-values.ts';

const place = {
  region: 'eu-west-1',
  accountId: '000000000000',
  queueUrl: (name: string) => `http://127.0.0.1:9/${name}`,
};

describe('a physical name', () => {
  it.each([
    { id: 'RoomsB5ADC23C', others: [], name: 'Rooms', why: 'is the logical id without its hash' },
    {
      id: 'RoomsB5ADC23C',
      others: ['Rooms00000000'],
      name: 'RoomsB5ADC23C',
      why: 'stays unambiguous',
    },
    { id: 'DbB5ADC23C', others: [], name: 'DbB5ADC23C', why: 'is never too short for a table' },
    { id: 'Plain', others: [], name: 'Plain', why: 'is the logical id where there is no hash' },
  ])('$why', ({ id, others, name }) => {
    expect(physicalName(id, [id, ...others])).toBe(name);
  });
});

describe('a reference', () => {
  it.each([
    [
      'AWS::DynamoDB::GlobalTable',
      'Rooms',
      'Rooms',
      'Arn',
      'arn:aws:dynamodb:eu-west-1:000000000000:table/Rooms',
    ],
    [
      'AWS::SQS::Queue',
      'Jobs',
      'http://127.0.0.1:9/Jobs',
      'Arn',
      'arn:aws:sqs:eu-west-1:000000000000:Jobs',
    ],
    ['AWS::S3::Bucket', 'GivenUp', 'givenup', 'Arn', 'arn:aws:s3:::givenup'],
    [
      'AWS::Lambda::Function',
      'Send',
      'Send',
      'Arn',
      'arn:aws:lambda:eu-west-1:000000000000:function:Send',
    ],
    [
      'AWS::ApiGatewayV2::Api',
      'HttpApi',
      'httpapi',
      'ApiEndpoint',
      'https://httpapi.execute-api.eu-west-1.amazonaws.com',
    ],
  ])('to a %s named %s is %s, its %s is %s', (type, name, ref, attribute, value) => {
    const values = physicalValues(type, name, {}, place);
    expect(values?.ref).toBe(ref);
    expect(values?.attributes[attribute]).toBe(value);
  });

  it('to a stream starts with the ARN of its table', () => {
    const values = physicalValues('AWS::DynamoDB::GlobalTable', 'Rooms', {}, place);
    expect(values?.attributes.StreamArn).toMatch(/:table\/Rooms\/stream\/.+$/);
  });

  it('to a type that nothing is known of leads nowhere', () => {
    expect(physicalValues('AWS::EFS::FileSystem', 'Files', {}, place)).toBeUndefined();
  });
});
