import { isJsonObject } from './json.ts';

/** What an authorizer's IAM policy says about one resource; no matching statement means `deny`. */
export type PolicyVerdict = 'allow' | 'deny' | 'malformed';

const INVOKE_ACTION = 'execute-api:invoke';

/**
 * Evaluates the policy document of a Lambda authorizer for `execute-api:Invoke` on one ARN. An explicit
 * Deny wins over any Allow. `*` and `?` are wildcards in actions and resources; conditions are not
 * evaluated and make the document malformed here, so that nobody relies on them unnoticed.
 */
export function evaluatePolicy(document: unknown, arn: string): PolicyVerdict {
  if (!isJsonObject(document)) return 'malformed';
  const statements = asArray(document.Statement);
  if (statements.length === 0) return 'malformed';

  let verdict: PolicyVerdict = 'deny';
  let denied = false;
  for (const statement of statements) {
    if (!isJsonObject(statement) || statement.Condition !== undefined) return 'malformed';
    const actions = asArray(statement.Action);
    const resources = asArray(statement.Resource);
    if (!actions.every(isString) || !resources.every(isString)) return 'malformed';
    if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') return 'malformed';

    const applies =
      actions.some((action) => matchesPattern(INVOKE_ACTION, action.toLowerCase())) &&
      resources.some((resource) => matchesPattern(arn, resource));
    if (!applies) continue;
    if (statement.Effect === 'Deny') denied = true;
    else verdict = 'allow';
  }
  return denied ? 'deny' : verdict;
}

function matchesPattern(text: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

function asArray(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
