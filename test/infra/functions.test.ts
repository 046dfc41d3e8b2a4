import { describe, expect, it } from '@jest/globals';
import { resourcesOf, statementsOf, synthesizeStacks } from './synthesized-stacks.ts';

const { chat } = synthesizeStacks({ openAccess: true });
const functions = resourcesOf(chat, 'AWS::Lambda::Function');
const statements = statementsOf(chat);

describe('every function', () => {
  it('is one of the fourteen', () => {
    expect(functions).toHaveLength(14);
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

  it('let nobody scan a table', () => {
    expect(statements.flatMap(({ actions }) => actions)).not.toContain('dynamodb:Scan');
  });

  it('name resources one by one, but for the connections of a stage', () => {
    for (const { resource } of statements) {
      expect(resource.replaceAll('/@connections/*', '')).not.toContain('*');
    }
  });

  it.each([
    ['execute-api:ManageConnections', ['MessagesDeliver']],
    ['dynamodb:UpdateItem', ['MessagesSend']],
    ['dynamodb:GetRecords', ['MessagesFanOut']],
    ['sqs:SendMessage', ['MessagesDeliver', 'MessagesFanOut']],
    ['sqs:ReceiveMessage', ['MessagesDeliver']],
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
    expect(posting?.resource).toMatch(
      /"\/live\/DELETE\/@connections\/\*".*"\/live\/POST\/@connections\/\*"/,
    );
  });

  it('let those who tell or answer without data touch no table', () => {
    const bare = statements.filter(({ role }) => /Authorize|DefaultRoute|Health/.test(role));
    expect(bare).toHaveLength(3);
    for (const { actions } of bare) {
      expect(actions).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
    }
  });
});
