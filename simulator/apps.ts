import { type Answer, type Call, empty, object } from './answer.ts';
import type { App } from './app.ts';
import { badExpand, mustBeInactive } from './app-errors.ts';
import { checkDetails } from './check-app.ts';
import { checkOAuth } from './check-oauth.ts';
import { clientIdTaken, toClient } from './create-app.ts';
import { invalidSearch, validationFailed } from './errors.ts';
import { findApp } from './find-app.ts';
import { isRecord } from './json.ts';
import type { Org } from './org.ts';
import { pageOf } from './paging.ts';
import { newSecret } from './secret.ts';
import { toApp } from './to-app.ts';

const LIMIT = { fallback: 200, most: 200 };

/** GET /api/v1/apps: `q` is the start of a name or label, `filter` one equation. Okta, Apps API: list. */
export function listApps(org: Org, { url, ignore }: Call): Answer {
  const query = url.searchParams;
  const expand = query.get('expand');
  if (expand !== null && !/^user\/\w+$/.test(expand)) return badExpand;
  if (expand !== null) ignore('?expand');
  const filter = query.get('filter');
  const passes = filter === null ? () => true : toFilter(filter);
  if (passes === null) return invalidSearch;
  const start = (query.get('q') ?? '').toLowerCase();
  const begins = (app: App) =>
    [app.name, app.details.label].some((text) => text.toLowerCase().startsWith(start));
  return pageOf(
    url,
    LIMIT,
    (after) => org.apps.walk(after),
    (app) => begins(app) && passes(app),
    (app) => toApp(org, app),
  );
}

/** GET /api/v1/apps/{id}. */
export function getApp(org: Org, { params: [id = ''] }: Call): Answer {
  const found = findApp(org, id);
  return found.kind === 'error' ? found : object(toApp(org, found.value));
}

/** PUT /api/v1/apps/{id}: what the body leaves out has its default again; the secret stays unless it is sent. */
export function replaceApp(org: Org, { params: [id = ''], body }: Call): Answer {
  const found = findApp(org, id);
  if (found.kind === 'error') return found;
  const app = found.value;
  const details = checkDetails(org, body, app);
  if (details.kind === 'error') return details;
  if (app.oauth !== null) {
    const refusal = replaceClient(org, app, isRecord(body) ? body : {});
    if (refusal !== null) return refusal;
  }
  app.details = details.value;
  app.lastUpdatedMs = Date.now();
  org.changes.tell({ kind: 'app', what: 'updated', app });
  return object(toApp(org, app, 'with-secret'));
}

/** DELETE /api/v1/apps/{id}: only of who is inactive. */
export function deleteApp(org: Org, { params: [id = ''] }: Call): Answer {
  const found = findApp(org, id);
  if (found.kind === 'error') return found;
  const app = found.value;
  if (app.status === 'ACTIVE') return mustBeInactive;
  if (app.oauth !== null) org.clientIds.delete(app.oauth.clientId);
  org.apps.remove(id);
  org.changes.tell({ kind: 'app', what: 'deleted', app });
  return empty;
}

/** POST .../lifecycle/activate: recorded, a second time is no error. */
export function activateApp(org: Org, call: Call): Answer {
  return moveTo(org, call, 'ACTIVE');
}

/** POST .../lifecycle/deactivate: recorded, a second time is no error. */
export function deactivateApp(org: Org, call: Call): Answer {
  return moveTo(org, call, 'INACTIVE');
}

function moveTo(org: Org, { params: [id = ''] }: Call, status: App['status']): Answer {
  const found = findApp(org, id);
  if (found.kind === 'error') return found;
  const app = found.value;
  if (app.status === status) return object({});
  app.status = status;
  app.lastUpdatedMs = Date.now();
  org.changes.tell({ kind: 'app', what: status === 'ACTIVE' ? 'activated' : 'deactivated', app });
  return object({});
}

/** INFERRED: an id once given is refused to change. Okta says only that it cannot. */
function replaceClient(org: Org, app: App, body: Record<string, unknown>): Answer | null {
  const given = checkOAuth(body);
  if (given.kind === 'error') return given;
  const { clientId, secret } = given.value;
  const before = app.oauth?.clientId ?? app.id;
  if (clientId !== null && clientId !== before) {
    return org.clientIds.has(clientId)
      ? clientIdTaken()
      : validationFailed('client_id', ["client_id: 'client_id' cannot be modified."]);
  }
  app.oauth = toClient(given.value, before);
  keepSecret(org, app, secret);
  return null;
}

function keepSecret(org: Org, app: App, sent: string | null): void {
  if (!app.oauth?.authMethod.startsWith('client_secret_')) return;
  const secrets = [...app.secrets.walk()];
  if (sent === null && secrets.length > 0) return;
  if (secrets.some(({ value }) => value === sent)) return;
  const last = secrets.at(-1);
  if (last !== undefined) app.secrets.remove(last.id);
  app.secrets.add(newSecret(org.ids, sent ?? undefined));
}

const ATTRIBUTES: Readonly<Record<string, (app: App) => string>> = {
  id: (app) => app.id,
  name: (app) => app.name,
  status: (app) => app.status,
};

function toFilter(filter: string): ((app: App) => boolean) | null {
  const [, name = '', value = ''] = /^\s*([\w.]+)\s+eq\s+"([^"\\]*)"\s*$/i.exec(filter) ?? [];
  const read = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined;
  return read === undefined ? null : (app) => read(app) === value;
}
