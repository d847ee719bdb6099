import type { Group, Org, User } from './org.ts';

/** Makes the user a member; twice is once. */
export function join(org: Org, group: Group, user: User): void {
  if (group.members.has(user.id)) return;
  group.members.add(user);
  user.groupIds = [...user.groupIds, group.id];
  group.lastMembershipUpdatedMs = Date.now();
  org.changes.tell({ kind: 'membership', what: 'added', group, user });
}

/** Ends a membership, if there is one. */
export function leave(org: Org, group: Group, user: User): void {
  if (!group.members.remove(user.id)) return;
  user.groupIds = user.groupIds.filter((id) => id !== group.id);
  group.lastMembershipUpdatedMs = Date.now();
  org.changes.tell({ kind: 'membership', what: 'removed', group, user });
}
