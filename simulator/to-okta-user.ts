import { createHash } from 'node:crypto';
import type { Credentials, Org, Status, User } from './org.ts';

/** One user as the API shows it when asked for him alone: with the moves his status allows. Okta, Users API. */
export function toOktaUser(org: Org, user: User): Record<string, unknown> {
  return { ...toBareUser(org, user), _links: linksOf(org, user) };
}

/** One user in a list or as a member: only `self` is linked. Recorded in lists of real orgs. */
export function toListedUser(org: Org, user: User): Record<string, unknown> {
  return { ...toBareUser(org, user), _links: { self: { href: userUrl(org, user) } } };
}

/** Changes with the profile and the type only, as recorded. */
export function etagOf(org: Org, user: User): string {
  const text = JSON.stringify([toOktaProfile(user), org.userTypeId]);
  return `W/"${createHash('sha256').update(text).digest('hex')}"`;
}

function toBareUser(org: Org, user: User): Record<string, unknown> {
  return {
    id: user.id,
    status: user.status,
    ...(user.transition !== null && { transitioningToStatus: user.transition }),
    created: toTime(user.createdMs),
    activated: toTime(user.activatedMs),
    statusChanged: toTime(user.statusChangedMs),
    lastLogin: toTime(user.lastLoginMs ?? null),
    lastUpdated: toTime(user.lastUpdatedMs),
    passwordChanged: toTime(user.credentials.passwordChangedMs),
    realmId: org.realmId,
    type: { id: org.userTypeId },
    profile: toOktaProfile(user),
    credentials: toOktaCredentials(user),
  };
}

/** Of the attributes not set, only these two come back as null. Recorded. */
function toOktaProfile(user: User): Record<string, unknown> {
  return { mobilePhone: null, secondEmail: null, ...user.profile };
}

function toOktaCredentials({ credentials, profile }: User): Record<string, unknown> {
  const { hasPassword, recoveryQuestion, provider } = credentials;
  return {
    ...(hasPassword && { password: {} }),
    ...(recoveryQuestion !== null && { recovery_question: { question: recoveryQuestion } }),
    emails: [{ value: profile.email, status: 'VERIFIED', type: 'PRIMARY' }],
    provider,
  };
}

/** Which moves each status links to. Recorded; `resetFactors` goes with every status. */
const MOVES: Readonly<Record<Status, readonly string[]>> = {
  STAGED: ['activate'],
  PROVISIONED: ['suspend', 'resetPassword', 'reactivate', 'deactivate'],
  ACTIVE: ['suspend', 'resetPassword', 'deactivate'],
  // INFERRED: no recording shows a user in recovery.
  RECOVERY: ['resetPassword', 'reactivate', 'deactivate'],
  PASSWORD_EXPIRED: ['suspend', 'resetPassword', 'deactivate'],
  SUSPENDED: ['unsuspend', 'deactivate'],
  DEPROVISIONED: ['activate', 'delete'],
};

const PASSWORD_MOVES = ['forgotPassword', 'expirePassword', 'changePassword', 'changeRecoveryQuestion'];

function linksOf(org: Org, user: User): Record<string, unknown> {
  const self = userUrl(org, user);
  const moves = [...MOVES[user.status], ...passwordMovesOf(user.status, user.credentials), 'resetFactors'];
  const links = moves.map((move) => [move, { href: urlOfMove(self, move), method: methodOf(move) }]);
  return {
    ...Object.fromEntries(links),
    schema: { href: schemaUrl(org) },
    self: { href: self },
    type: { href: `${org.url}/api/v1/meta/types/user/${org.userTypeId}` },
  };
}

function passwordMovesOf(status: Status, { hasPassword }: Credentials): readonly string[] {
  return (status === 'ACTIVE' || status === 'PASSWORD_EXPIRED') && hasPassword ? PASSWORD_MOVES : [];
}

const MOVE_PATHS: Readonly<Record<string, string>> = {
  delete: '',
  forgotPassword: '/credentials/forgot_password',
  changePassword: '/credentials/change_password',
  changeRecoveryQuestion: '/credentials/change_recovery_question',
  resetPassword: '/lifecycle/reset_password',
  expirePassword: '/lifecycle/expire_password',
  resetFactors: '/lifecycle/reset_factors',
};

function urlOfMove(self: string, move: string): string {
  return self + (MOVE_PATHS[move] ?? `/lifecycle/${move}`);
}

function methodOf(move: string): string {
  return move === 'delete' ? 'DELETE' : 'POST';
}

export function schemaUrl(org: Org): string {
  return `${org.url}/api/v1/meta/schemas/user/${schemaIdOf(org)}`;
}

export function schemaIdOf(org: Org): string {
  return org.userTypeId.replace('oty', 'osc');
}

function userUrl(org: Org, user: User): string {
  return `${org.url}/api/v1/users/${user.id}`;
}

function toTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
