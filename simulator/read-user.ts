import type { Org, User } from './org.ts';
import type { Operator } from './scim.ts';
import { attributeOf } from './user-schema.ts';

const TIMES = ['created', 'activated', 'statusChanged', 'lastUpdated'];
const FILTERED = [
  'status',
  'lastUpdated',
  'id',
  'profile.login',
  'profile.email',
  'profile.firstName',
  'profile.lastName',
];
const ORDER: readonly Operator[] = ['gt', 'ge', 'lt', 'le'];

/** What `search` can ask about; `ne` and `ew` it does not know. Okta, Users API: list users with search. */
export function isSearchable(org: Org, attribute: string, operator: Operator): boolean {
  if (operator === 'ne' || operator === 'ew') return false;
  if (attribute === 'id' || attribute === 'status' || attribute === 'type.id') return operator === 'eq';
  if (TIMES.includes(attribute)) return operator === 'eq' || operator === 'pr' || ORDER.includes(operator);
  const [prefix, name = '', ...rest] = attribute.split('.');
  return prefix === 'profile' && rest.length === 0 && attributeOf(org.schema, name) !== undefined;
}

/** What `filter` can ask about: equality, of one time also the order. Okta, Users API: list users with filter. */
export function isFilterable(_org: Org, attribute: string, operator: Operator): boolean {
  if (!FILTERED.includes(attribute)) return false;
  return operator === 'eq' || (attribute === 'lastUpdated' && ORDER.includes(operator));
}

/** One attribute of a user, as expressions name them; times as text. */
export function readUser(org: Org, user: User, attribute: string): unknown {
  switch (attribute) {
    case 'id':
      return user.id;
    case 'status':
      return user.status;
    case 'type.id':
      return org.userTypeId;
    case 'created':
      return toTime(user.createdMs);
    case 'activated':
      return toTime(user.activatedMs);
    case 'statusChanged':
      return toTime(user.statusChangedMs);
    case 'lastUpdated':
      return toTime(user.lastUpdatedMs);
    default:
      return user.profile[attribute.replace('profile.', '')];
  }
}

function toTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
