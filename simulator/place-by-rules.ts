import type { Change } from './changes.ts';
import { join, leave } from './membership.ts';
import type { Group, Org, User } from './org.ts';
import type { Rule } from './rule.ts';
import type { Subject } from './rule-expression.ts';

/** Keeps memberships in step with the active rules, later. Okta, Group Rules API. */
export function placeByRules(org: Org): void {
  org.changes.listen((change) => {
    if (org.rules.size === 0) return;
    excludeWhoWasRemoved(org, change);
    const work = workFor(org, change);
    if (work === null) return;
    org.later(org.options.ruleLagMs, () => org.log.actAs(null, work));
  });
}

export function evaluateEverybody(org: Org, rule: Rule): void {
  org.log.actAs(null, () => {
    for (const user of org.users.walk()) evaluate(org, rule, user);
  });
}

function workFor(org: Org, change: Change): (() => void) | null {
  switch (change.kind) {
    case 'user':
      return change.what === 'deleted' ? null : () => evaluateAll(org, change.user);
    case 'membership':
      // What a rule itself did gives no other rule cause: two that contradict each other would never end.
      return isOfRule(org, change.group, change.user) ? null : () => evaluateAll(org, change.user);
    case 'group':
      return change.what === 'deleted' ? () => invalidate(org, change.group) : null;
    case 'app':
    case 'app-group':
    case 'app-user':
    case 'secret':
    case 'rule':
    case 'exclusion':
    case 'schema':
      return null;
  }
}

function evaluateAll(org: Org, user: User): void {
  for (const rule of org.rules.walk()) evaluate(org, rule, user);
}

/** INFERRED: staged users are placed too, deactivated ones are left as they are. */
function evaluate(org: Org, rule: Rule, user: User): void {
  if (rule.status !== 'ACTIVE' || user.status === 'DEPROVISIONED' || !org.users.has(user.id)) return;
  const isMatch = isMeant(rule, user) && rule.matches(toSubject(org, user));
  for (const group of rule.groupIds.flatMap((id) => org.groups.get(id) ?? [])) {
    if (isMatch) place(org, rule, group, user);
    else if (rule.placed.get(group.id)?.delete(user.id) && !isOfRule(org, group, user))
      leave(org, group, user);
  }
}

function place(org: Org, rule: Rule, group: Group, user: User): void {
  // Who was a member before by hand is none of the rule's.
  if (group.members.has(user.id) && !isOfRule(org, group, user)) return;
  const placed = rule.placed.get(group.id) ?? new Set();
  rule.placed.set(group.id, placed.add(user.id));
  join(org, group, user);
}

function isMeant({ excludedUserIds, excludedGroupIds }: Rule, user: User): boolean {
  return !excludedUserIds.has(user.id) && !user.groupIds.some((id) => excludedGroupIds.has(id));
}

function isOfRule(org: Org, group: Group, user: User): boolean {
  for (const { placed } of org.rules.walk()) if (placed.get(group.id)?.has(user.id)) return true;
  return false;
}

/** Okta, help: who is removed by hand becomes an exception of the rule that placed him. */
function excludeWhoWasRemoved(org: Org, change: Change): void {
  if (change.kind !== 'membership' || change.what !== 'removed') return;
  for (const rule of org.rules.walk()) {
    if (!rule.placed.get(change.group.id)?.delete(change.user.id)) continue;
    rule.excludedUserIds.add(change.user.id);
    org.changes.tell({ kind: 'exclusion', rule, user: change.user });
  }
}

/** Recorded: a rule that lost a group turns invalid by a job of its own. */
function invalidate(org: Org, { id }: Group): void {
  for (const rule of org.rules.walk()) {
    if (rule.status === 'INVALID' || !rule.groupIds.includes(id)) continue;
    rule.status = 'INVALID';
    org.changes.tell({ kind: 'rule', what: 'invalidated', rule });
  }
}

function toSubject(org: Org, { profile, groupIds }: User): Subject {
  return { profile, groups: [org.everyone, ...groupIds.flatMap((id) => org.groups.get(id) ?? [])] };
}
