import { type Answer, accepted, type Call, empty, object } from './answer.ts';
import { missing } from './app-errors.ts';
import { type CheckedRule, checkRule } from './check-rule.ts';
import { type Checked, ok, validationFailed } from './errors.ts';
import { leave } from './membership.ts';
import type { Org } from './org.ts';
import { pageOf } from './paging.ts';
import { evaluateEverybody } from './place-by-rules.ts';
import type { Rule } from './rule.ts';
import { toRule } from './to-rule.ts';

const LIMIT = { fallback: 50, most: 200 };

/** GET /api/v1/groups/rules: `search` is a part of the name. */
export function listRules(org: Org, { url }: Call): Answer {
  const part = (url.searchParams.get('search') ?? '').toLowerCase();
  const fits = (rule: Rule) => rule.name.toLowerCase().includes(part);
  return pageOf(
    url,
    LIMIT,
    (after) => org.rules.walk(after),
    fits,
    (rule) => toRule(rule),
  );
}

/** POST /api/v1/groups/rules: a new rule is inactive. Okta, Group Rules API: create. */
export function createRule(org: Org, { body }: Call): Answer {
  const checked = checkRule(org, body, null);
  if (checked.kind === 'error') return checked;
  const now = Date.now();
  const rule: Rule = {
    id: org.ids.next('0pr'),
    status: 'INACTIVE',
    createdMs: now,
    lastUpdatedMs: now,
    placed: new Map(),
    ...checked.value,
  };
  org.rules.add(rule);
  return object(toRule(rule));
}

/** GET /api/v1/groups/rules/{id}. */
export function getRule(org: Org, call: Call): Answer {
  return withRule(org, call, (rule) => object(toRule(rule)));
}

/** PUT /api/v1/groups/rules/{id}: of an inactive one, and not its groups. */
export function replaceRule(org: Org, call: Call): Answer {
  return withRule(org, call, (rule) => {
    const checked = checkRule(org, call.body, rule);
    if (checked.kind === 'error') return checked;
    if (rule.status === 'ACTIVE') return refused('Cannot modify an active rule.');
    if (!haveSameGroups(rule, checked.value)) return refused('The groups of a rule cannot be changed.');
    const { name, expression, matches, excludedUserIds, excludedGroupIds } = checked.value;
    Object.assign(rule, { name, expression, matches, excludedUserIds, excludedGroupIds });
    rule.lastUpdatedMs = Date.now();
    return object(toRule(rule));
  });
}

/** DELETE /api/v1/groups/rules/{id}: recorded, 202; its members stay unless `removeUsers`. */
export function deleteRule(org: Org, call: Call): Answer {
  return withRule(org, call, (rule) => {
    if (rule.status === 'ACTIVE') return refused('Cannot delete an active rule.');
    org.rules.remove(rule.id);
    if (call.url.searchParams.get('removeUsers') === 'true') {
      org.later(org.options.ruleLagMs, () => org.log.actAs(null, () => removePlaced(org, rule)));
    }
    return accepted({});
  });
}

/** POST .../lifecycle/activate: everybody is looked at, later. */
export function activateRule(org: Org, call: Call): Answer {
  return withRule(org, call, (rule) => {
    if (rule.status === 'INVALID') return refused('Cannot activate an invalid rule.');
    if (rule.status === 'ACTIVE') return empty;
    moveTo(rule, 'ACTIVE');
    org.later(org.options.ruleLagMs, () => evaluateEverybody(org, rule));
    return empty;
  });
}

/** POST .../lifecycle/deactivate: whom it made a member stays one. */
export function deactivateRule(org: Org, call: Call): Answer {
  return withRule(org, call, (rule) => {
    if (rule.status !== 'ACTIVE') return empty;
    moveTo(rule, 'INACTIVE');
    org.changes.tell({ kind: 'rule', what: 'deactivated', rule });
    return empty;
  });
}

function withRule(org: Org, { params: [id = ''] }: Call, use: (rule: Rule) => Answer): Answer {
  const found = findRule(org, id);
  return found.kind === 'error' ? found : use(found.value);
}

function findRule(org: Org, id: string): Checked<Rule> {
  const rule = org.rules.get(id);
  return rule === undefined ? missing(id, 'GroupRule') : ok(rule);
}

/** INFERRED: that these are refused is documented, how is not. */
function refused(cause: string): Answer {
  return validationFailed('groupRule', [cause]);
}

function haveSameGroups(rule: Rule, { groupIds }: CheckedRule): boolean {
  return rule.groupIds.length === groupIds.length && groupIds.every((id) => rule.groupIds.includes(id));
}

function moveTo(rule: Rule, status: Rule['status']): void {
  rule.status = status;
  rule.lastUpdatedMs = Date.now();
}

function removePlaced(org: Org, { placed }: Rule): void {
  for (const [groupId, userIds] of placed) {
    const group = org.groups.get(groupId);
    for (const user of [...userIds].flatMap((id) => org.users.get(id) ?? [])) {
      if (group !== undefined) leave(org, group, user);
    }
  }
}
