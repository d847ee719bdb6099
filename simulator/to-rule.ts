import type { Rule } from './rule.ts';

/** A group rule as the API shows it; what was left out of `people` comes back empty. Recorded. */
export function toRule(rule: Rule): Record<string, unknown> {
  const { excludedUserIds, excludedGroupIds, groupIds } = rule;
  return {
    type: 'group_rule',
    id: rule.id,
    status: rule.status,
    name: rule.name,
    created: new Date(rule.createdMs).toISOString(),
    lastUpdated: new Date(rule.lastUpdatedMs).toISOString(),
    conditions: {
      people: { users: { exclude: [...excludedUserIds] }, groups: { exclude: [...excludedGroupIds] } },
      expression: { value: rule.expression, type: 'urn:okta:expression:1.0' },
    },
    actions: { assignUserToGroups: { groupIds } },
    allGroupsValid: rule.status !== 'INVALID',
  };
}
