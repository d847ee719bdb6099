import { type Answer, type Call, empty, object } from './answer.ts';
import type { App } from './app.ts';
import { alreadyAssigned, assignedByGroup, missing } from './app-errors.ts';
import { isEntitled, removeAppUser } from './assign-by-groups.ts';
import { type AppUser, newAppUser, type Scope } from './assignment.ts';
import { recordOf } from './check-app.ts';
import { type Checked, notWellFormed, ok, statusForbids } from './errors.ts';
import { findApp } from './find-app.ts';
import { findUser } from './find-user.ts';
import { isRecord } from './json.ts';
import type { Org, User } from './org.ts';
import { pageOf } from './paging.ts';
import { toAppUser, userNameOf } from './to-app-user.ts';

const LIMIT = { fallback: 50, most: 500 };

/** GET /api/v1/apps/{id}/users: `q` is the start of a name in the app, a first or a last name. */
export function listAppUsers(org: Org, { url, params: [id = ''] }: Call): Answer {
  const app = findApp(org, id);
  if (app.kind === 'error') return app;
  const q = url.searchParams.get('q')?.toLowerCase() ?? null;
  const begins = (own: AppUser) => q === null || namesOf(org, own).some((name) => name.startsWith(q));
  const isExpanded = isUserWanted(url);
  const show = (own: AppUser) => toAppUser(org, app.value, own, isExpanded);
  return pageOf(url, LIMIT, (after) => app.value.users.walk(after), begins, show);
}

/** GET .../users/{userId}. */
export function getAppUser(org: Org, call: Call): Answer {
  const isExpanded = isUserWanted(call.url);
  return withAppUser(org, call, (app, own) => object(toAppUser(org, app, own, isExpanded)));
}

/** POST .../users: one by one, with scope USER, also of who has the app by a group. Okta, Apps API: assign a user. */
export function assignUser(org: Org, { params: [id = ''], body }: Call): Answer {
  const app = findApp(org, id);
  if (app.kind === 'error') return app;
  if (!isRecord(body) || typeof body.id !== 'string') return notWellFormed;
  const user = findUser(org, body.id);
  if (user.kind === 'error') return user;
  // INFERRED: no source tells what assigning a deactivated user answers.
  if (user.value.status === 'DEPROVISIONED') return statusForbids;
  const before = app.value.users.get(user.value.id);
  if (before?.scope === 'USER' && org.options.refuseRepeatedAssignment) return alreadyAssigned;
  const own = before ?? newAppUser(user.value.id, 'USER');
  own.scope = scopeOf(org, app.value, user.value, body.scope);
  change(own, body);
  app.value.users.add(own);
  const what = before === undefined ? 'added' : 'updated';
  org.changes.tell({ kind: 'app-user', what, app: app.value, user: user.value });
  return object(toAppUser(org, app.value, own));
}

/** POST .../users/{userId}: what the body leaves out stays; its `scope` turns one kind into the other. */
export function updateAppUser(org: Org, call: Call): Answer {
  const { body } = call;
  if (!isRecord(body)) return notWellFormed;
  return withAppUser(org, call, (app, own, user) => {
    if (body.scope !== undefined) own.scope = scopeOf(org, app, user, body.scope);
    change(own, body);
    org.changes.tell({ kind: 'app-user', what: 'updated', app, user });
    return object(toAppUser(org, app, own));
  });
}

/** DELETE .../users/{userId}: not of who has the app by a group. */
export function unassignUser(org: Org, call: Call): Answer {
  return withAppUser(org, call, (app, own, user) => {
    if (own.scope === 'GROUP') return assignedByGroup;
    removeAppUser(org, app, user);
    return empty;
  });
}

function isUserWanted({ searchParams }: URL): boolean {
  return searchParams.get('expand') === 'user';
}

type Use = (app: App, own: AppUser, user: User) => Answer;

function withAppUser(org: Org, { params: [id = '', userId = ''] }: Call, use: Use): Answer {
  const app = findApp(org, id);
  if (app.kind === 'error') return app;
  const found = findAppUser(org, app.value, userId);
  return found.kind === 'error' ? found : use(app.value, found.value.own, found.value.user);
}

function findAppUser(org: Org, app: App, id: string): Checked<{ own: AppUser; user: User }> {
  const own = app.users.get(id);
  const user = org.users.get(id);
  return own === undefined || user === undefined ? missing(id, 'AppUser') : ok({ own, user });
}

/** GROUP only for who is in an assigned group. */
function scopeOf(org: Org, app: App, user: User, given: unknown): Scope {
  return given === 'GROUP' && isEntitled(org, app, user) ? 'GROUP' : 'USER';
}

function change(own: AppUser, body: Record<string, unknown>): void {
  const { userName } = recordOf(body.credentials);
  if (typeof userName === 'string') own.userName = userName;
  if (isRecord(body.profile)) own.profile = { ...own.profile, ...body.profile };
  own.lastUpdatedMs = Date.now();
}

function namesOf(org: Org, own: AppUser): string[] {
  const user = org.users.get(own.id);
  if (user === undefined) return [];
  const { firstName, lastName } = user.profile;
  const names = [userNameOf(own, user), firstName, lastName];
  return names.flatMap((name) => (typeof name === 'string' ? name.toLowerCase() : []));
}
