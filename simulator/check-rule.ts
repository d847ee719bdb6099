import { recordOf } from './check-app.ts';
import {
  type Checked,
  notFound,
  notWellFormed,
  ok,
  tooManyTargets,
  unsupported,
  validationFailed,
} from './errors.ts';
import { isRecord, unknownKeys } from './json.ts';
import type { Org } from './org.ts';
import type { Rule } from './rule.ts';
import { parseRuleExpression } from './rule-expression.ts';

const BODY_KEYS = [
  'type',
  'name',
  'conditions',
  'actions',
  'id',
  'status',
  'created',
  'lastUpdated',
  'allGroupsValid',
  '_links',
  '_embedded',
];
const LONGEST_NAME = 50;
/** Okta, help: limits of group rules. */
const MOST_RULES = 2000;
const MOST_GROUPS = 100;
const MOST_EXCLUSIONS = 100;

export type CheckedRule = Pick<
  Rule,
  'name' | 'expression' | 'matches' | 'groupIds' | 'excludedUserIds' | 'excludedGroupIds'
>;

/** What the caller says of a rule; wordings are INFERRED. */
export function checkRule(org: Org, body: unknown, self: Rule | null): Checked<CheckedRule> {
  if (!isRecord(body) || unknownKeys(body, BODY_KEYS).length > 0) return notWellFormed;
  const name = checkName(org, body.name, self);
  if (name.kind === 'error') return name;
  const { expression, people } = recordOf(body.conditions);
  const { value } = recordOf(expression);
  const matches = typeof value === 'string' ? parseRuleExpression(value) : null;
  if (matches === null) return validationFailed('expression', ['expression: The expression is invalid.']);
  const groupIds = checkTargets(org, recordOf(recordOf(body.actions).assignUserToGroups).groupIds);
  if (groupIds.kind === 'error') return groupIds;
  const users = excludedOf(recordOf(people).users);
  const groups = excludedOf(recordOf(people).groups);
  if (users.size > MOST_EXCLUSIONS) return tooManyTargets;
  return ok({
    name: name.value,
    expression: String(value),
    matches,
    groupIds: groupIds.value,
    excludedUserIds: users,
    excludedGroupIds: groups,
  });
}

function checkName(org: Org, name: unknown, self: Rule | null): Checked<string> {
  if (typeof name !== 'string' || name === '') {
    return validationFailed('name', ['name: The field cannot be left blank']);
  }
  if (name.length > LONGEST_NAME) return validationFailed('name', ['name: The field is too long']);
  if (self === null && org.rules.size >= MOST_RULES) return tooManyTargets;
  for (const rule of org.rules.walk()) if (rule !== self && rule.name === name) return nameTaken();
  return ok(name);
}

function nameTaken() {
  return validationFailed('name', [
    'name: An object with this field already exists in the current organization',
  ]);
}

function checkTargets(org: Org, given: unknown): Checked<string[]> {
  const ids = stringsOf(given);
  if (ids.length === 0) return validationFailed('groupIds', ['groupIds: The field cannot be left blank']);
  if (ids.length > MOST_GROUPS) return tooManyTargets;
  for (const id of ids) {
    const group = org.groups.get(id);
    if (group === undefined) return notFound(id, 'UserGroup');
    if (group.type === 'BUILT_IN') return unsupported;
  }
  return ok(ids);
}

function excludedOf(given: unknown): Set<string> {
  return new Set(stringsOf(recordOf(given).exclude));
}

function stringsOf(given: unknown): string[] {
  return Array.isArray(given) ? given.filter((value) => typeof value === 'string') : [];
}
