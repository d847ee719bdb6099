import type { Change } from './changes.ts';
import type { Group, Org, User } from './org.ts';

/** Carries what changes into what a search finds. */
export function keepIndexes(org: Org): void {
  if (org.userIndex.isLive) return;
  for (const group of org.groups.walk()) org.groupIndex.put(group);
  org.changes.listen((change) => keep(org, change));
}

function keep(org: Org, change: Change): void {
  if (change.kind === 'user') keepUser(org, change.what, change.user);
  if (change.kind === 'group') keepGroup(org, change.what, change.group);
  if (change.kind === 'membership') org.groupIndex.put(change.group);
}

function keepGroup({ groupIndex }: Org, what: string, group: Group): void {
  if (what === 'deleted') groupIndex.drop(group.id);
  else groupIndex.put(group);
}

/** Recorded: a search shows who was just activated as STAGED, on his way. That it takes one more lag is INFERRED. */
function keepUser({ userIndex, later, options }: Org, what: string, user: User): void {
  if (what === 'deleted') userIndex.drop(user.id);
  else if (!isOnTheWay(what, user)) userIndex.put(user);
  else {
    userIndex.put({ ...user, status: 'STAGED', transition: user.status });
    later(options.searchLagMs, () => userIndex.put(user)); // as he is by then
  }
}

function isOnTheWay(what: string, user: User): boolean {
  return what === 'activated' || (what === 'created' && user.status !== 'STAGED');
}
