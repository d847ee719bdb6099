import { type Answer, type Call, empty, object } from './answer.ts';
import {
  type Checked,
  duplicateGroup,
  notFound,
  notWellFormed,
  ok,
  unsupported,
  validationFailed,
} from './errors.ts';
import { findUser } from './find-user.ts';
import { isRecord } from './json.ts';
import { join, leave } from './membership.ts';
import { type Group, newGroup, type Org, type User } from './org.ts';
import { pageOf } from './paging.ts';
import { toGroup } from './to-group.ts';
import { toListedUser } from './to-okta-user.ts';

const MEMBER_LIMIT = { fallback: 1000, most: 1000 };
const LONGEST_NAME = 255;

/** POST /api/v1/groups. */
export function createGroup(org: Org, { body }: Call): Answer {
  const profile = checkGroupProfile(org, body, null);
  if (profile.kind === 'error') return profile;
  const group = newGroup(org.ids.next('00g'), 'OKTA_GROUP', profile.value.name, profile.value.description);
  org.groups.add(group);
  org.changes.tell({ kind: 'group', what: 'created', group });
  return object(toGroup(org, group));
}

/** GET /api/v1/groups/{id}. */
export function getGroup(org: Org, { params: [id = ''] }: Call): Answer {
  const group = org.groups.get(id);
  return group === undefined ? notFound(id, 'UserGroup') : object(toGroup(org, group));
}

/** PUT /api/v1/groups/{id}. */
export function replaceGroup(org: Org, { params: [id = ''], body }: Call): Answer {
  const found = findOwnGroup(org, id);
  if (found.kind === 'error') return found;
  const profile = checkGroupProfile(org, body, found.value);
  if (profile.kind === 'error') return profile;
  Object.assign(found.value, profile.value, { lastUpdatedMs: Date.now() });
  org.changes.tell({ kind: 'group', what: 'updated', group: found.value });
  return object(toGroup(org, found.value));
}

/** DELETE /api/v1/groups/{id}: its members stay users. */
export function deleteGroup(org: Org, { params: [id = ''] }: Call): Answer {
  const found = findOwnGroup(org, id);
  if (found.kind === 'error') return found;
  for (const user of found.value.members.walk()) {
    user.groupIds = user.groupIds.filter((groupId) => groupId !== id);
  }
  org.groups.remove(id);
  org.changes.tell({ kind: 'group', what: 'deleted', group: found.value });
  return empty;
}

/** GET /api/v1/groups/{id}/users. */
export function listMembers(org: Org, { url, params: [id = ''] }: Call): Answer {
  const group = org.groups.get(id);
  if (group === undefined) return notFound(id, 'UserGroup');
  const everyMember = () => true;
  const show = (user: User) => toListedUser(org, user);
  return pageOf(url, MEMBER_LIMIT, (after) => group.members.walk(after), everyMember, show);
}

/** PUT /api/v1/groups/{id}/users/{userId}: twice is once. */
export function addMember(org: Org, call: Call): Answer {
  return changeMembership(org, call, join);
}

/** DELETE /api/v1/groups/{id}/users/{userId}. */
export function removeMember(org: Org, call: Call): Answer {
  return changeMembership(org, call, leave);
}

type Change = (org: Org, group: Group, user: User) => void;

function changeMembership(org: Org, { params: [groupId = '', userKey = ''] }: Call, change: Change): Answer {
  const group = findOwnGroup(org, groupId);
  if (group.kind === 'error') return group;
  const user = findUser(org, userKey);
  if (user.kind === 'error') return user;
  const isThere = () => org.groups.has(group.value.id) && org.users.has(user.value.id);
  org.later(org.options.groupLagMs, () => isThere() && change(org, group.value, user.value));
  return empty;
}

/** INFERRED: what is done to Everyone by hand is refused like its use at creation. */
function findOwnGroup(org: Org, id: string): Checked<Group> {
  const group = org.groups.get(id);
  if (group === undefined) return notFound(id, 'UserGroup');
  return group.type === 'BUILT_IN' ? unsupported : ok(group);
}

interface GroupProfile {
  readonly name: string;
  readonly description: string | null;
}

/** Reported in the wild: a duplicate name answers as a duplicate login does. */
function checkGroupProfile(org: Org, body: unknown, self: Group | null): Checked<GroupProfile> {
  if (!isRecord(body) || !isRecord(body.profile)) return notWellFormed;
  const { name, description = null } = body.profile;
  if (typeof name !== 'string' || name === '') {
    return validationFailed('name', ['name: The field cannot be left blank']);
  }
  if (name.length > LONGEST_NAME) return validationFailed('name', ['name: The field is too long']);
  if (isTaken(org, name, self)) {
    if (org.options.duplicateGroup === 'E0000055') return duplicateGroup;
    return validationFailed('name', [
      'name: An object with this field already exists in the current organization',
    ]);
  }
  return ok({ name, description: typeof description === 'string' ? description : null });
}

function isTaken(org: Org, name: string, self: Group | null): boolean {
  for (const group of org.groups.walk()) if (group !== self && group.name === name) return true;
  return false;
}
