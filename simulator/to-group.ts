import type { Group, Org } from './org.ts';

/** A group as the API shows it. Okta, Groups API. */
export function toGroup(org: Org, group: Group): Record<string, unknown> {
  const self = `${org.url}/api/v1/groups/${group.id}`;
  return {
    id: group.id,
    created: new Date(group.createdMs).toISOString(),
    lastUpdated: new Date(group.lastUpdatedMs).toISOString(),
    lastMembershipUpdated: new Date(group.lastMembershipUpdatedMs).toISOString(),
    objectClass: ['okta:user_group'],
    type: group.type,
    profile: { name: group.name, description: group.description },
    _links: { self: { href: self }, users: { href: `${self}/users` }, apps: { href: `${self}/apps` } },
  };
}
