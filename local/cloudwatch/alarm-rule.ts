import { readTokens, type TokenReader } from './tokens.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface AlarmRule {
  holds(stateOf: (alarm: string) => AlarmState): boolean;
  /** Names or ARNs of the alarms that it looks at. */
  alarms: string[];
}

type Condition = (stateOf: (alarm: string) => AlarmState) => boolean;

/** Notes an alarm that is named. @throws Error for one that is not known */
type Name = (alarm: string) => void;

const STATES: readonly string[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] satisfies AlarmState[];

/**
 * Parses the rule of a composite alarm.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 *
 * @param knows whether there is an alarm of that name or ARN
 * @throws Error that quotes the rule
 */
export function parseAlarmRule(source: string, knows: (alarm: string) => boolean): AlarmRule {
  const tokens = readTokens(source);
  const alarms: string[] = [];
  const holds = parseAny(tokens, (alarm) => {
    if (!knows(alarm)) tokens.fail(`There is no alarm ${alarm}, which is named`);
    alarms.push(alarm);
  });
  const rest = tokens.peek();
  if (rest.kind !== 'end') tokens.fail(`"${rest.text}" is not understood`);
  return { holds, alarms };
}

function parseAny(tokens: TokenReader, name: Name): Condition {
  const rules = [parseAll(tokens, name)];
  while (tokens.take('OR') !== undefined) rules.push(parseAll(tokens, name));
  return (stateOf) => rules.some((rule) => rule(stateOf));
}

function parseAll(tokens: TokenReader, name: Name): Condition {
  const rules = [parseOne(tokens, name)];
  while (tokens.take('AND') !== undefined) rules.push(parseOne(tokens, name));
  return (stateOf) => rules.every((rule) => rule(stateOf));
}

function parseOne(tokens: TokenReader, name: Name): Condition {
  if (tokens.take('NOT') !== undefined) {
    const rule = parseOne(tokens, name);
    return (stateOf) => !rule(stateOf);
  }
  if (tokens.take('(') !== undefined) {
    const rule = parseAny(tokens, name);
    tokens.expect(')');
    return rule;
  }
  const { text } = tokens.next();
  if (text === 'TRUE') return () => true;
  if (text === 'FALSE') return () => false;
  if (!STATES.includes(text)) tokens.fail(`"${text || 'the end'}" is not expected`);
  tokens.expect('(');
  const alarm = tokens.next().text.replaceAll('"', '');
  name(alarm);
  tokens.expect(')');
  return (stateOf) => stateOf(alarm) === text;
}
