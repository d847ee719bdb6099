import { type Answer, type Call, empty, object } from './answer.ts';
import type { App } from './app.ts';
import { missing } from './app-errors.ts';
import type { AppGroup } from './assignment.ts';
import { type Checked, notFound, notWellFormed, ok } from './errors.ts';
import { findApp } from './find-app.ts';
import { isRecord, unknownKeys } from './json.ts';
import type { Group, Org } from './org.ts';
import { pageOf } from './paging.ts';
import { toApp } from './to-app.ts';
import { toGroup } from './to-group.ts';

const LIMIT = { fallback: 20, most: 200, least: 20 };
const APP_LIMIT = { fallback: 20, most: 200 };
const BODY_KEYS = ['priority', 'profile', 'id', 'lastUpdated', '_links', '_embedded'];

/** GET /api/v1/apps/{id}/groups: `q` is the start of a group's name. */
export function listAppGroups(org: Org, { url, params: [id = ''] }: Call): Answer {
  const app = findApp(org, id);
  if (app.kind === 'error') return app;
  const start = (url.searchParams.get('q') ?? '').toLowerCase();
  const isExpanded = isGroupWanted(url);
  const begins = (own: AppGroup) => nameOf(org, own).toLowerCase().startsWith(start);
  return pageOf(
    url,
    LIMIT,
    (after) => app.value.groups.walk(after),
    begins,
    (own) => toAppGroup(org, app.value, own, isExpanded),
  );
}

/** GET .../groups/{groupId}. */
export function getAppGroup(org: Org, { url, params: [id = '', groupId = ''] }: Call): Answer {
  const app = findApp(org, id);
  if (app.kind === 'error') return app;
  const own = app.value.groups.get(groupId);
  const isExpanded = isGroupWanted(url);
  return own === undefined
    ? missing(groupId, 'ApplicationGroupAssignment')
    : object(toAppGroup(org, app.value, own, isExpanded));
}

/** PUT .../groups/{groupId}: twice is once. Okta, Apps API: assign a group. */
export function assignGroup(org: Org, { params: [id = '', groupId = ''], body = {} }: Call): Answer {
  const found = findBoth(org, id, groupId);
  if (found.kind === 'error') return found;
  if (!isRecord(body) || unknownKeys(body, BODY_KEYS).length > 0) return notWellFormed;
  const { app, group } = found.value;
  const before = app.groups.get(groupId);
  const { priority = before?.priority ?? app.groups.size, profile = before?.profile ?? {} } = body;
  if (typeof priority !== 'number' || !Number.isInteger(priority) || !isRecord(profile)) return notWellFormed;
  const own: AppGroup = { id: groupId, priority, profile, lastUpdatedMs: Date.now() };
  app.groups.remove(groupId);
  app.groups.add(own);
  org.changes.tell({ kind: 'app-group', what: before === undefined ? 'added' : 'updated', app, group });
  return object(toAppGroup(org, app, own));
}

/** DELETE .../groups/{groupId}: who had the app only by this group loses it, later. */
export function unassignGroup(org: Org, { params: [id = '', groupId = ''] }: Call): Answer {
  const found = findBoth(org, id, groupId);
  if (found.kind === 'error') return found;
  const { app, group } = found.value;
  if (!app.groups.remove(groupId)) return missing(groupId, 'ApplicationGroupAssignment');
  org.changes.tell({ kind: 'app-group', what: 'removed', app, group });
  return empty;
}

/** GET /api/v1/groups/{id}/apps. */
export function listAppsOfGroup(org: Org, { url, params: [id = ''] }: Call): Answer {
  if (!org.groups.has(id)) return notFound(id, 'UserGroup');
  const isAssigned = (app: App) => app.groups.has(id);
  const walk = (after: string | undefined) => org.apps.walk(after);
  return pageOf(url, APP_LIMIT, walk, isAssigned, (app) => toApp(org, app));
}

interface Both {
  readonly app: App;
  readonly group: Group;
}

function findBoth(org: Org, id: string, groupId: string): Checked<Both> {
  const app = findApp(org, id);
  if (app.kind === 'error') return app;
  const group = org.groups.get(groupId);
  return group === undefined ? notFound(groupId, 'UserGroup') : ok({ app: app.value, group });
}

function nameOf(org: Org, { id }: AppGroup): string {
  return org.groups.get(id)?.name ?? '';
}

function isGroupWanted({ searchParams }: URL): boolean {
  return searchParams.get('expand') === 'group';
}

function toAppGroup(org: Org, app: App, own: AppGroup, isExpanded = false): Record<string, unknown> {
  const self = `${org.url}/api/v1/apps/${app.id}`;
  const group = isExpanded ? org.groups.get(own.id) : undefined;
  return {
    id: own.id,
    lastUpdated: new Date(own.lastUpdatedMs).toISOString(),
    priority: own.priority,
    profile: own.profile,
    ...(group && { _embedded: { group: toGroup(org, group) } }),
    _links: {
      app: { href: self },
      self: { href: `${self}/groups/${own.id}` },
      group: { href: `${org.url}/api/v1/groups/${own.id}` },
    },
  };
}
