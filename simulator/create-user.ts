import { type Answer, type Call, object } from './answer.ts';
import { hasPassword, isFederated, refusalOfCredentials } from './check-credentials.ts';
import { mergeCredentials, NO_CREDENTIALS } from './credentials.ts';
import {
  type Checked,
  type ErrorAnswer,
  expiryNeedsActivation,
  expiryNeedsPassword,
  notFound,
  notWellFormed,
  ok,
  tooManyTargets,
  unsupported,
  validationFailed,
} from './errors.ts';
import { isRecord, unknownKeys } from './json.ts';
import { join } from './membership.ts';
import {
  foldLogin,
  type Group,
  type Org,
  type Status,
  sendActivationMail,
  settleLater,
  type User,
} from './org.ts';
import { checkProfile, type Profile } from './profile.ts';
import { toOktaUser } from './to-okta-user.ts';

const BODY_KEYS = ['profile', 'credentials', 'groupIds', 'type', 'realmId'];
const MOST_GROUPS_AT_CREATION = 20;

/** POST /api/v1/users. Okta, Users API: create a user. */
export function createUser(org: Org, call: Call): Answer {
  const { url, body } = call;
  if (!isRecord(body) || unknownKeys(body, BODY_KEYS).length > 0) return notWellFormed;
  const plan = planOf(url.searchParams, body.credentials);
  const refusal =
    refusalOfType(org, body.type) ?? refusalOfCredentials(body.credentials) ?? refusalOfPlan(plan);
  if (refusal !== null) return refusal;
  const profile = checkProfile(org.schema, body.profile, 'newUser');
  if (profile.kind === 'error') return profile;
  const groups = checkGroups(org, body.groupIds ?? []);
  if (groups.kind === 'error') return groups;
  if (org.byLogin.has(foldLogin(profile.value.login))) return loginTaken();

  ignoreRealm(org, call, body.realmId);
  const user = newUser(org, profile.value, body.credentials);
  if (plan.activates) activateAtCreation(org, user, plan);
  addUser(org, user);
  announce(org, user, groups.value);
  return object(toOktaUser(org, user));
}

export function loginTaken(): ErrorAnswer {
  return validationFailed('login', [
    'login: An object with this field already exists in the current organization',
  ]);
}

function checkGroups(org: Org, given: unknown): Checked<Group[]> {
  if (!Array.isArray(given) || !given.every((id) => typeof id === 'string')) return notWellFormed;
  if (given.length > MOST_GROUPS_AT_CREATION) return tooManyTargets;
  const groups: Group[] = [];
  for (const id of new Set<string>(given)) {
    const group = org.groups.get(id);
    if (group === undefined) return notFound(id, 'UserGroup');
    if (group.type === 'BUILT_IN') return unsupported;
    groups.push(group);
  }
  return ok(groups);
}

/** Recorded: a staged user has a time of status change only when he came with a password. */
function newUser(org: Org, profile: Profile, credentials: unknown): User {
  const now = Date.now();
  const merged = mergeCredentials(NO_CREDENTIALS, credentials, now);
  return {
    id: org.ids.next('00u'),
    profile,
    status: 'STAGED',
    transition: null,
    isActivating: false,
    createdMs: now,
    activatedMs: null,
    statusChangedMs: merged.hasPassword ? now : null,
    lastUpdatedMs: now,
    credentials: merged,
    groupIds: [],
  };
}

/** Who has no password is mailed a link to choose one. Okta, Users API: create a user without credentials. */
function activateAtCreation(org: Org, user: User, { expires }: Plan): void {
  user.status = expires ? 'PASSWORD_EXPIRED' : statusOnceActivated(user);
  user.activatedMs = user.createdMs;
  user.statusChangedMs = user.createdMs;
  if (user.status === 'PROVISIONED') sendActivationMail(org, user);
  settleLater(org, user);
}

/** Who has a password or signs in elsewhere needs nothing more. */
export function statusOnceActivated({ credentials }: User): Status {
  return credentials.hasPassword || isFederated(credentials) ? 'ACTIVE' : 'PROVISIONED';
}

/** What the query asks for. */
interface Plan {
  readonly activates: boolean;
  /** The password has to be changed at the first sign-in. */
  readonly expires: boolean;
  readonly hasPassword: boolean;
}

/** `provider` says no more than the credentials do. */
function planOf(query: URLSearchParams, credentials: unknown): Plan {
  query.get('provider');
  return {
    activates: query.get('activate') !== 'false',
    expires: query.get('nextLogin') === 'changePassword',
    hasPassword: hasPassword(credentials),
  };
}

function refusalOfPlan({ activates, expires, hasPassword: has }: Plan): ErrorAnswer | null {
  if (!expires) return null;
  if (!activates) return expiryNeedsActivation;
  return has ? null : expiryNeedsPassword;
}

/** INFERRED: there is one user type; any other is not found. */
export function refusalOfType(org: Org, type: unknown): ErrorAnswer | null {
  if (type === undefined || type === null) return null;
  if (!isRecord(type) || typeof type.id !== 'string') return notWellFormed;
  return type.id === org.userTypeId ? null : notFound(type.id, 'UserType');
}

/** There is one realm. */
export function ignoreRealm(org: Org, { ignore }: Call, realmId: unknown): void {
  if (realmId !== undefined && realmId !== org.realmId) ignore('#realmId');
}

function addUser(org: Org, user: User): void {
  org.users.add(user);
  org.byLogin.set(foldLogin(user.profile.login), user);
  org.created += 1;
}

/** His groups are his one lag later. */
function announce(org: Org, user: User, groups: readonly Group[]): void {
  org.changes.tell({ kind: 'user', what: 'created', user });
  const ofNow = () => groups.filter(({ id }) => org.groups.has(id) && org.users.has(user.id));
  org.later(org.options.groupLagMs, () => {
    for (const group of ofNow()) join(org, group, user);
  });
  if (user.status !== 'STAGED') org.changes.tell({ kind: 'user', what: 'activated', user });
}
