import { describe, expect, it } from '@jest/globals';
import { resourcesOf, statementsOf, synthesizeStacks } from './synthesized-stacks.ts';

const { chat } = synthesizeStacks({ openAccess: true });
const functions = resourcesOf(chat, 'AWS::Lambda::Function');
const allStatements = statementsOf(chat);
/** X-Ray knows no resources, and every function may send it traces: the rights to all else. */
const traces = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
const statements = allStatements.filter(({ actions }) => actions.join() !== traces.join());

describe('every function', () => {
  it('is one of the eighteen', () => {
    expect(functions).toHaveLength(18);
  });

  it.each(functions)(
    '%s runs on Node 24 on arm64 with a timeout of its own',
    (_, { Properties }) => {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Timeout: expect.any(Number),
        MemorySize: expect.any(Number),
      });
    },
  );

  it('is traced by X-Ray', () => {
    for (const [id, { Properties }] of functions) {
      expect([id, Properties.TracingConfig]).toEqual([id, { Mode: 'Active' }]);
    }
    expect(allStatements.length - statements.length).toBe(functions.length);
  });

  it('has a role and a log group that no other has', () => {
    const roles = functions.map(([, { Properties }]) => JSON.stringify(Properties.Role));
    const logs = functions.map(([, { Properties }]) => JSON.stringify(Properties.LoggingConfig));
    expect(new Set(roles).size).toBe(functions.length);
    expect(new Set(logs).size).toBe(functions.length);
  });

  it('gives a sender three seconds, because readers seal holes after that', () => {
    const [, send] = functions.find(([id]) => id.startsWith('MessagesSend')) ?? [];
    expect(send?.Properties.Timeout).toBe(3);
  });

  it('expires its logs', () => {
    for (const [, { Properties }] of resourcesOf(chat, 'AWS::Logs::LogGroup')) {
      expect(Properties.RetentionInDays).toEqual(expect.any(Number));
    }
  });
});

describe('the rights', () => {
  it('name actions one by one', () => {
    expect(statements.length).toBeGreaterThan(functions.length);
    for (const { actions } of statements) expect(actions.join()).not.toContain('*');
  });

  it('let nobody scan a table but drain, which an operator invokes to reach every connection', () => {
    const scanning = statements.filter(({ actions }) => actions.includes('dynamodb:Scan'));
    expect(scanning).toHaveLength(1);
    expect(scanning[0]?.role).toMatch(/^ConnectionsDrainRole/);
    expect(scanning[0]?.resource).toMatch(/^\{"Fn::ImportValue":"[^"]*GetAttConnections[^"]*"\}$/);
  });

  it('name resources one by one, but for the connections of a stage and the objects of a mapping', () => {
    for (const { resource } of statements) {
      expect(resource.replaceAll(/\/(@connections|aws\/lambda)\/\*/g, '')).not.toContain('*');
    }
  });

  it.each([
    ['execute-api:ManageConnections', ['MessagesDeliver']],
    [
      'dynamodb:UpdateItem',
      ['MessagesFanOut', 'MessagesFlushFunction', 'MessagesSend', 'RoomsJoin'],
    ],
    ['dynamodb:GetRecords', ['MessagesFanOut', 'RoomsAnnounce']],
    [
      'sqs:SendMessage',
      [
        'ConnectionsDrain',
        'MessagesDeliver',
        'MessagesFanOut',
        'MessagesFlushFunction',
        'RoomsAnnounce',
        'RoomsTyping',
      ],
    ],
    ['sqs:ReceiveMessage', ['MessagesDeliver', 'MessagesFlushFunction']],
    ['s3:PutObject', ['MessagesFanOut']],
    ['s3:ListBucket', ['MessagesFanOut']],
    ['dynamodb:BatchWriteItem', ['ConnectionsDisconnect', 'MessagesDeliver']],
  ])('let only the right functions %s', (action, allowed) => {
    const roles = statements.filter(({ actions }) => actions.includes(action));
    const names = roles.map(({ role }) => role.replace(/Role[0-9A-F]{8}$/, ''));
    expect([...new Set(names)].sort()).toEqual(allowed);
  });

  it('let deliver post to, and close, the connections of this stage only', () => {
    const [posting] = statements.filter(({ actions }) =>
      actions.includes('execute-api:ManageConnections'),
    );
    expect(posting?.resource.match(/\/@connections\//g)).toHaveLength(2);
    expect(posting?.resource).toMatch(
      /"\/live\/DELETE\/@connections\/\*".*"\/live\/POST\/@connections\/\*"/,
    );
  });

  it.each([
    ['typing', 'RoomsTyping', ['BatchGetItem', 'GetItem', 'Query', 'sqs:SendMessage']],
    ['announce', 'RoomsAnnounce', ['BatchGetItem', 'Query', 'sqs:SendMessage']],
    ['drain', 'ConnectionsDrain', ['Scan', 'sqs:SendMessage']],
  ])('let %s tell others and change nothing', (_, role, expected) => {
    const poller = /^logs:|^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$/;
    const actions = statements
      .filter((statement) => statement.role.startsWith(`${role}Role`))
      .flatMap((statement) => statement.actions)
      .filter((action) => !poller.test(action));
    expect(actions.map((action) => action.replace('dynamodb:', '')).sort()).toEqual(expected);
  });

  it('let nothing trigger drain: an operator invokes it', () => {
    const triggers = JSON.stringify([
      resourcesOf(chat, 'AWS::Lambda::EventSourceMapping'),
      resourcesOf(chat, 'AWS::Lambda::Permission'),
      resourcesOf(chat, 'AWS::ApiGatewayV2::Integration'),
    ]);
    expect(triggers).toContain('RoomsTyping');
    expect(triggers).not.toContain('ConnectionsDrain');
  });

  it('let those who tell or answer without data touch no table', () => {
    const bare = statements.filter(({ role }) => /Authorize|DefaultRoute|Health/.test(role));
    expect(bare).toHaveLength(3);
    for (const { actions } of bare) {
      expect(actions).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
    }
  });
});
