import { expect } from '@jest/globals';
import type { NewApp } from '../../src/domain/portal.ts';
import { germanEfs } from '../support/efs.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

/** An installation with portals; what their apps are like besides is for a test to say. */
export async function createPortalWorld(app: object = {}, options: WorldOptions = {}): Promise<World> {
  const portals = {
    table: 'pforte',
    columns: { id: 'kennung', name: 'titel', urlName: 'adresse', online: 'offen' },
    skip: { offline: true },
    app: {
      redirectUris: ['https://werk.example.com/{urlName}/login'],
      postLogoutRedirectUris: ['https://werk.example.com/{urlName}/'],
      initiateLoginUri: 'https://werk.example.com/{urlName}/start',
      ...app,
    },
  };
  const world = await createWorld({
    ...options,
    efs: {
      ...germanEfs,
      tables: `${germanEfs.tables}
        CREATE TABLE pforte (kennung INT PRIMARY KEY, titel VARCHAR(100), adresse VARCHAR(100), offen TINYINT)`,
      source: { ...germanEfs.source, portals },
    },
    okta: { perMinute: { apps: 60_000 }, ...options.okta },
  });
  Object.assign(world.file.installations.werk, { customerName: 'Werk' });
  Object.assign(world.file.orgs.acme.allowances, { apps: { perMinute: 60_000 }, app: { perMinute: 600 } });
  return world;
}

/** Portals of these ids, online: `Pforte 7` at `pforte-7`. */
export async function addPortals(world: World, ids: number[]): Promise<void> {
  await world.rows('INSERT INTO pforte VALUES ?', [ids.map((id) => [id, `Pforte ${id}`, `pforte-${id}`, 1])]);
}

/** An app as the simulated Okta has it. */
export interface FoundApp extends NewApp {
  id: string;
  status: string;
  groupIds: string[];
  credentials: { oauthClient: { client_id: string } & Record<string, unknown> };
  settings: { oauthClient: { redirect_uris: string[] } & Record<string, unknown> };
}

/** Calls that are nobody's but the test's. */
export async function asOkta<T>(world: World, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${world.okta.url}/api/v1${path}`, {
    method,
    headers: { authorization: `SSWS ${world.env.OKTA_TOKEN}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(response.status).toBeLessThan(300);
  return (await response.json().catch(() => null)) as T;
}

/** All apps that have a marker, in its order. */
export async function apps(world: World): Promise<FoundApp[]> {
  const found = await world.okta.control<FoundApp[]>('GET', 'apps');
  return found
    .filter(({ profile }) => profile?.portage)
    .toSorted((a, b) => String(a.profile.portage).localeCompare(String(b.profile.portage)));
}

/** `portal key value` of each row, in order. */
export async function settingsRows(world: World): Promise<string[]> {
  const rows = await world.rows<{ portal_id: number; key: string; value: string }>(
    'SELECT portal_id, `key`, `value` FROM iam_portal_settings ORDER BY portal_id, `key`, id',
  );
  return rows.map(({ portal_id, key, value }) => `${portal_id} ${key} ${value}`);
}

/** What the rows of these apps are, when each portal is registered once. */
export const rowsOf = (found: FoundApp[]): string[] =>
  found.flatMap(({ id, profile, credentials: { oauthClient } }) => {
    const portal = String(profile.portage).split('/').at(-1);
    return [`${portal} client_id ${oauthClient.client_id}`, `${portal} okta_app_id ${id}`];
  });

/** Orders that something befalls the next creations of apps; resolves to a look at how often it has. */
export async function befallApps(world: World, times: number, fault: object): Promise<() => Promise<number>> {
  const order = { method: 'POST', path: '/api/v1/apps', times, fault };
  const { id } = await world.okta.control<{ id: number }>('POST', 'faults', order);
  return async () => {
    const all = await world.okta.control<{ id: number; fired: number }[]>('GET', 'faults');
    return all.find((each) => each.id === id)?.fired ?? 0;
  };
}
