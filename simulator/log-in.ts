import type { App } from './app.ts';
import { findUser } from './find-user.ts';
import { isRecord } from './json.ts';
import { toAppParty, toUserParty } from './log-changes.ts';
import type { Caller, Party } from './log-record.ts';
import type { Org, User } from './org.ts';

/** What a login came to; the reason is Okta's, as the log has it. */
export interface LoginResult {
  readonly result: 'SUCCESS' | 'FAILURE';
  readonly reason: string | null;
}

/** A person's login, so that a test of one can be rehearsed. Null: the body says nothing of the kind. */
export function logIn(org: Org, body: unknown): LoginResult | null {
  if (!isRecord(body) || typeof body.login !== 'string') return null;
  const app = typeof body.app === 'string' ? findClient(org, body.app) : null;
  if (app === undefined) return null;
  const found = findUser(org, body.login);
  const user = found.kind === 'error' ? null : found.value;
  if (user !== null && body.choosesPassword === true) choosePassword(user);
  const actor = user === null ? unknownUser(body.login) : toUserParty(user);
  return org.log.actAs(browserOf(org, actor), () => startSession(org, user, app));
}

function startSession(org: Org, user: User | null, app: App | null): LoginResult {
  const reason = reasonAgainst(user);
  org.log.publish({ type: 'user.session.start', targets: [], failure: reason });
  if (reason !== null || user === null) return { result: 'FAILURE', reason };
  user.lastLoginMs = Date.now();
  org.userIndex.put(user);
  return app === null ? { result: 'SUCCESS', reason: null } : signOn(org, user, app);
}

function signOn(org: Org, user: User, app: App): LoginResult {
  const isAssigned = app.status === 'ACTIVE' && app.users.has(user.id);
  const failure = isAssigned ? null : 'User is not assigned to the client application.';
  const targets = [toAppParty(app), toUserParty(user, 'AppUser')];
  org.log.publish({ type: 'user.authentication.sso', targets, failure });
  return { result: isAssigned ? 'SUCCESS' : 'FAILURE', reason: failure };
}

function reasonAgainst(user: User | null): string | null {
  if (user === null) return 'VERIFICATION_ERROR';
  return user.status === 'ACTIVE' ? null : 'INVALID_CREDENTIALS';
}

/** What the link in the activation mail leads to. */
function choosePassword(user: User): void {
  if (user.status !== 'PROVISIONED') return;
  const now = Date.now();
  user.status = 'ACTIVE';
  user.statusChangedMs = now;
  user.credentials = { ...user.credentials, hasPassword: true, passwordChangedMs: now };
}

/** By the app's id or its client id; undefined when there is none. */
function findClient(org: Org, key: string): App | undefined {
  const app = org.apps.get(key);
  if (app !== undefined) return app;
  return [...org.apps.walk()].find(({ oauth }) => oauth?.clientId === key);
}

function unknownUser(login: string): Party {
  return { type: 'User', id: 'unknown', alternateId: login, displayName: 'unknown' };
}

function browserOf(org: Org, actor: Party): Caller {
  return {
    requestId: org.ids.next('req', 27),
    actor,
    clientId: null,
    tokenId: null,
    ipAddress: '127.0.0.1',
    userAgent: 'okta-simulator',
    path: '/api/v1/authn',
  };
}
