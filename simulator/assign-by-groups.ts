import type { App } from './app.ts';
import { newAppUser } from './assignment.ts';
import type { Change } from './changes.ts';
import type { Group, Org, User } from './org.ts';

/** Keeps the users of apps in step with the groups assigned to them, later. Okta, Apps API: assign a group. */
export function assignByGroups(org: Org): void {
  org.changes.listen((change) => {
    keepIndex(org, change);
    const settle = workFor(org, change);
    if (settle === null) return;
    org.later(org.options.assignmentLagMs, () => org.log.actAs(null, settle));
  });
}

function keepIndex({ appsByGroup }: Org, change: Change): void {
  if (change.kind === 'app' && change.what === 'deleted') {
    for (const { id } of change.app.groups.walk()) appsByGroup.get(id)?.delete(change.app);
  }
  if (change.kind !== 'app-group' || change.what === 'updated') return;
  const apps = appsByGroup.get(change.group.id) ?? new Set();
  if (change.what === 'added') apps.add(change.app);
  else apps.delete(change.app);
  if (apps.size > 0) appsByGroup.set(change.group.id, apps);
  else appsByGroup.delete(change.group.id);
}

function workFor(org: Org, change: Change): (() => void) | null {
  switch (change.kind) {
    case 'user':
      return workForUser(org, change.what, change.user);
    case 'membership':
      return org.appsByGroup.has(change.group.id) ? () => settleGroup(org, change.group, change.user) : null;
    case 'group':
      return change.what === 'deleted' ? () => forgetGroup(org, change.group) : null;
    case 'app-group':
      return change.what === 'updated' ? null : () => settleMembers(org, change.app, change.group);
    case 'app-user':
      // Who was unassigned one by one may still be in an assigned group.
      return change.what === 'removed' ? () => settle(org, change.app, change.user) : null;
    case 'app':
    case 'secret':
    case 'rule':
    case 'exclusion':
    case 'schema':
      return null;
  }
}

function workForUser(org: Org, what: string, user: User): (() => void) | null {
  if (what === 'deactivated' || what === 'deleted') return () => dropAll(org, user);
  if (what !== 'created' && what !== 'activated') return null;
  const ids = [org.everyone.id, ...user.groupIds];
  if (!ids.some((id) => org.appsByGroup.has(id))) return null;
  return () => {
    for (const id of ids) for (const app of org.appsByGroup.get(id) ?? []) settle(org, app, user);
  };
}

function settleGroup(org: Org, group: Group, user: User): void {
  for (const app of org.appsByGroup.get(group.id) ?? []) settle(org, app, user);
}

function settleMembers(org: Org, app: App, group: Group): void {
  for (const user of group.members.walk()) settle(org, app, user);
}

function forgetGroup(org: Org, group: Group): void {
  for (const app of org.appsByGroup.get(group.id) ?? []) {
    app.groups.remove(group.id);
    org.changes.tell({ kind: 'app-group', what: 'removed', app, group });
  }
}

/** Okta, user lifecycle: deactivation takes all apps away, however they were assigned. */
function dropAll(org: Org, user: User): void {
  for (const app of org.apps.walk()) settle(org, app, user);
}

/** Brings one user of one app in step, whatever happened in between. */
function settle(org: Org, app: App, user: User): void {
  const own = app.users.get(user.id);
  const isIn = isEntitled(org, app, user);
  if (own === undefined) {
    if (isIn) add(org, app, user);
    return;
  }
  const isGone = user.status === 'DEPROVISIONED' || !org.users.has(user.id);
  if (isGone || (own.scope === 'GROUP' && !isIn)) removeAppUser(org, app, user);
}

/** INFERRED: a group assigns its staged members when they are activated, not before. */
export function isEntitled(org: Org, app: App, user: User): boolean {
  if (!org.apps.has(app.id) || !org.users.has(user.id)) return false;
  if (user.status === 'STAGED' || user.status === 'DEPROVISIONED') return false;
  return app.groups.has(org.everyone.id) || user.groupIds.some((id) => app.groups.has(id));
}

function add(org: Org, app: App, user: User): void {
  app.users.add(newAppUser(user.id, 'GROUP'));
  org.changes.tell({ kind: 'app-user', what: 'added', app, user });
}

export function removeAppUser(org: Org, app: App, user: User): void {
  app.users.remove(user.id);
  org.changes.tell({ kind: 'app-user', what: 'removed', app, user });
}
