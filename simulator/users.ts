import { type Answer, type Call, empty, object } from './answer.ts';
import { hasHash, refusalOfCredentials } from './check-credentials.ts';
import { ignoreRealm, loginTaken, refusalOfType } from './create-user.ts';
import { mergeCredentials } from './credentials.ts';
import {
  credentialsFailed,
  notWellFormed,
  preconditionFailed,
  statusForbids,
  stillActivating,
} from './errors.ts';
import { findUser } from './find-user.ts';
import { isRecord, unknownKeys } from './json.ts';
import { deactivateUser, isAsyncWanted } from './lifecycle.ts';
import { foldLogin, type Org, type User } from './org.ts';
import { checkProfile } from './profile.ts';
import { toGroup } from './to-group.ts';
import { etagOf, toOktaUser } from './to-okta-user.ts';
import { trim } from './trim.ts';

const BODY_KEYS = ['profile', 'credentials', 'type', 'realmId'];

/** GET /api/v1/users/{id}: by id, login or short login. */
export function getUser(org: Org, { params: [key = ''], headers }: Call): Answer {
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  return {
    kind: 'object',
    body: trim(toOktaUser(org, found.value), headers),
    etag: etagOf(org, found.value),
  };
}

/** GET /api/v1/users/{id}/groups: Everyone is always among them. */
export function listGroupsOfUser(org: Org, { params: [key = ''] }: Call): Answer {
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  const groups = found.value.groupIds.flatMap((id) => org.groups.get(id) ?? []);
  return object([org.everyone, ...groups].map((group) => toGroup(org, group)));
}

/** POST /api/v1/users/{id}: what the profile leaves out stays. */
export function updateUser(org: Org, call: Call): Answer {
  return changeUser(org, call, (user, profile) => ({ ...user.profile, ...profile }));
}

/** PUT /api/v1/users/{id}: what the profile leaves out is cleared. */
export function replaceUser(org: Org, call: Call): Answer {
  return changeUser(org, call, (_user, profile) => profile);
}

/** DELETE /api/v1/users/{id}: the first one only deactivates. Okta, Users API: delete a user. */
export function deleteUser(org: Org, { params: [key = ''], url, headers }: Call): Answer {
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  const user = found.value;
  if (url.searchParams.get('sendEmail') === 'true') org.outbox.send(user.id, 'deactivation', null);
  const isGone = user.status === 'DEPROVISIONED';
  if (!isGone) deactivateUser(org, user, headers);
  else org.later(isAsyncWanted(headers) ? org.options.transitionMs : 0, () => removeUser(org, user));
  return empty;
}

type Merge = (user: User, profile: Record<string, unknown>) => unknown;

function changeUser(org: Org, call: Call, merge: Merge): Answer {
  const {
    params: [key = ''],
    body,
    headers,
  } = call;
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  const user = found.value;
  if (!isRecord(body) || unknownKeys(body, BODY_KEYS).length > 0) return notWellFormed;
  // INFERRED: no source tells what updating a deactivated user answers; clients refuse to try.
  if (user.status === 'DEPROVISIONED') return statusForbids;
  if (user.isActivating) return stillActivating;
  if (isStale(org, user, headers['if-match'])) return preconditionFailed;
  const refused = refusalOfType(org, body.type) ?? refusalOfCredentials(body.credentials);
  if (refused !== null) return refused;
  // A hash only while STAGED. Okta, Users API: password import; the code is INFERRED.
  if (hasHash(body.credentials) && user.status !== 'STAGED') return credentialsFailed;
  if (isRecord(body.profile)) {
    const refusal = changeProfile(org, user, merge(user, body.profile));
    if (refusal !== null) return refusal;
  }
  ignoreRealm(org, call, body.realmId);
  user.credentials = mergeCredentials(user.credentials, body.credentials, Date.now());
  org.changes.tell({ kind: 'user', what: 'updated', user });
  return object(toOktaUser(org, user));
}

/** Compared weakly, as the tags are weak. */
function isStale(org: Org, user: User, wanted: string | undefined): boolean {
  if (wanted === undefined || wanted === '*') return false;
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  return !wanted
    .split(',')
    .map(bare)
    .includes(bare(etagOf(org, user)));
}

/** Recorded: only a change of the profile moves `lastUpdated`. */
function changeProfile(org: Org, user: User, given: unknown): Answer | null {
  const profile = checkProfile(org.schema, given, 'user');
  if (profile.kind === 'error') return profile;
  const login = foldLogin(profile.value.login);
  if ((org.byLogin.get(login) ?? user) !== user) return loginTaken();
  org.byLogin.delete(foldLogin(user.profile.login));
  org.byLogin.set(login, user);
  user.profile = profile.value;
  user.lastUpdatedMs = Date.now();
  return null;
}

function removeUser(org: Org, user: User): void {
  if (!org.users.has(user.id)) return;
  for (const id of user.groupIds) org.groups.get(id)?.members.remove(user.id);
  org.byLogin.delete(foldLogin(user.profile.login));
  org.users.remove(user.id);
  org.changes.tell({ kind: 'user', what: 'deleted', user });
}
