import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import type { Api, World, WorldOptions } from '../support/world.ts';
import {
  addPortals,
  apps,
  asOkta,
  befallApps,
  createPortalWorld,
  rowsOf,
  settingsRows,
} from './portals-support.ts';
import { errorLog, failures, finished, offerPatiently, type PatientJob } from './support.ts';

const HOLD = { kind: 'hold' };
const letGo = () => world.okta.control('DELETE', 'faults');

let world: World;
afterEach(() => world.close());

/** A world with a worker in it, and its API. */
async function opened(app: object = {}, options: WorldOptions = {}): Promise<Api> {
  world = await createPortalWorld(app, options);
  world.closeLater(startWorker(world.open()));
  return world.api();
}

async function register(api: Api, selection = {}): Promise<number> {
  const { status, body } = await api.post({ installation: 'werk', operation: 'register-portals', selection });
  if (status !== 202) throw new Error(JSON.stringify(body));
  return body.id;
}

async function registered(api: Api, selection = {}): Promise<number> {
  const id = await register(api, selection);
  await finished(api, id);
  return id;
}

/** Starts a worker, which has the next attempt at portal 1 wait for the test. */
async function workedPatiently(id: number): Promise<PatientJob> {
  const app = world.open();
  const queue = app.queues.subjects.get('acme.apps')?.queue;
  if (!queue) throw new Error('no such queue');
  const job = await offerPatiently(queue, 'register-portals', id);
  world.closeLater(startWorker(app));
  return job;
}

const counts = async (api: Api, id: number) => (await api.get(`/v1/migrations/${id}`)).body.counts;

async function callsOf(bucket: 'apps' | 'app'): Promise<number> {
  const { calls } = await world.okta.control<{ calls: { byBucket: Record<string, number> } }>(
    'GET',
    'counters',
  );
  return calls.byBucket[bucket] ?? 0;
}

test('every portal that is online gets an app of its own, the group, and two rows, by two calls', async () => {
  const api = await opened();
  await addPortals(world, [1, 2, 3]);
  await world.rows("INSERT INTO pforte VALUES (4, 'Pforte 4', 'pforte-4', 0)");
  const id = await registered(api);

  expect(await callsOf('apps')).toBe(3 * 2);
  const found = await apps(world);
  expect(found.map(({ label, status }) => [label, status])).toEqual([
    ['Werk Pforte 1', 'ACTIVE'],
    ['Werk Pforte 2', 'ACTIVE'],
    ['Werk Pforte 3', 'ACTIVE'],
  ]);
  expect(found[1]).toMatchObject({
    name: 'oidc_client',
    signOnMode: 'OPENID_CONNECT',
    profile: { portage: 'werk/portal/2' },
    credentials: {
      oauthClient: {
        client_id: 'portage.werk.portal.2',
        token_endpoint_auth_method: 'none',
        pkce_required: true,
      },
    },
    settings: {
      oauthClient: {
        application_type: 'browser',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: ['https://werk.example.com/pforte-2/login'],
        post_logout_redirect_uris: ['https://werk.example.com/pforte-2/'],
        initiate_login_uri: 'https://werk.example.com/pforte-2/start',
      },
    },
  });
  expect(found.map(({ groupIds }) => groupIds)).toEqual([1, 2, 3].map(() => [world.groupId]));
  expect(await settingsRows(world)).toEqual(rowsOf(found));
  expect(await counts(api, id)).toMatchObject({ eligible: 3, done: 3, failed: 0, skipped: 1 });
});

test('a second run registers only what has come since, and a portal or ids can be selected', async () => {
  const api = await opened();
  await addPortals(world, [1, 2, 3, 4, 5]);
  const id = await registered(api, { portal: 2 });
  expect(await counts(api, id)).toMatchObject({ eligible: 1, done: 1 });
  await registered(api, { ids: [1, 2] });
  expect((await settingsRows(world)).length).toBe(2 * 2);
  await registered(api, { first: 4 });
  const calls = await callsOf('apps');
  expect((await settingsRows(world)).length).toBe(4 * 2);
  await registered(api);
  expect(await callsOf('apps')).toBe(calls + 2);
  expect(await settingsRows(world)).toEqual(rowsOf(await apps(world)));
});

test('what EFS has registered itself is not registered again', async () => {
  const api = await opened();
  await addPortals(world, [1]);
  await world.rows(
    "INSERT INTO iam_portal_settings (portal_id, `key`, `value`) VALUES (1, 'client_id', 'by-efs')",
  );
  await registered(api);
  expect([await apps(world), await settingsRows(world)]).toEqual([[], ['1 client_id by-efs']]);
});

test('a secret is in its row of EFS, and neither in Redis nor in the database of Portage', async () => {
  const api = await opened({ settings: { clientSecret: 'geheim', appId: 'app' } });
  await addPortals(world, [1, 2]);
  // Of the second one the answer that shows the secret is lost.
  const lost = await befallApps(world, 1, { kind: 'reset', when: 'after' });
  await registered(api);
  expect(await lost()).toBe(1);

  const found = await apps(world);
  expect(found.map(({ settings }) => settings.oauthClient.application_type)).toEqual(['web', 'web']);
  const rows = await settingsRows(world);
  const secrets = [];
  for (const { id } of found) {
    const [secret] = await asOkta<{ client_secret: string }[]>(
      world,
      'GET',
      `/apps/${id}/credentials/secrets`,
    );
    secrets.push(secret?.client_secret ?? '');
  }
  expect(rows.filter((row) => row.includes('geheim'))).toEqual(
    secrets.map((secret, i) => `${i + 1} geheim ${secret}`),
  );
  const { redis } = world.open();
  const kept: string[] = [];
  for (const key of await redis.keys(`${world.prefix}:*`)) {
    const type = await redis.type(key);
    if (type === 'hash') kept.push(JSON.stringify(await redis.hgetall(key)));
    if (type === 'string') kept.push((await redis.get(key)) ?? '');
  }
  expect(kept.join('').length).toBeGreaterThan(0);
  expect(secrets.filter((secret) => kept.join('').includes(secret))).toEqual([]);
  expect(await world.ownRows('SELECT * FROM creations')).toEqual([]);
});

test('apps whose creation was never answered are found again by their marker, not created twice', async () => {
  const api = await opened();
  // What begins with the label of the first one, or with its very label, is not its app.
  await addPortals(world, [1, 10, 11, 12]);
  const stranger = { label: 'Werk Pforte 1', name: 'oidc_client', signOnMode: 'OPENID_CONNECT' };
  await asOkta(world, 'POST', '/apps', {
    ...stranger,
    credentials: { oauthClient: { token_endpoint_auth_method: 'none' } },
    settings: {
      oauthClient: {
        application_type: 'browser',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: ['https://other.example.com'],
      },
    },
  });
  const lost = await befallApps(world, 4, { kind: 'reset', when: 'after' });
  const id = await registered(api);
  expect(await lost()).toBe(4);
  const found = await apps(world);
  expect(found.map(({ profile }) => profile.portage)).toEqual([
    'werk/portal/1',
    'werk/portal/10',
    'werk/portal/11',
    'werk/portal/12',
  ]);
  expect(await settingsRows(world)).toEqual(rowsOf(found));
  expect(await failures(api, id)).toEqual([]);
  expect(await errorLog(world)).toEqual([0, 0, 0, 0]);
});

test('a creation that never reached Okta is simply made again', async () => {
  const api = await opened();
  await addPortals(world, [1, 2]);
  const lost = await befallApps(world, 2, { kind: 'reset', when: 'before' });
  await registered(api);
  expect(await lost()).toBe(2);
  expect(await settingsRows(world)).toEqual(rowsOf(await apps(world)));
});

test('Okta refuses a second app of one portal, whoever asks, and the first one is adopted', async () => {
  const api = await opened();
  await addPortals(world, [1]);
  await registered(api);
  const before = await apps(world);
  // All that Portage and EFS know of it is lost.
  await world.rows('DELETE FROM iam_portal_settings');
  await registered(api);
  expect(await apps(world)).toEqual(before);
  expect(await settingsRows(world)).toEqual(rowsOf(before));
  expect(await errorLog(world)).toEqual([400]);
  // The same, and it has got another name since.
  await world.rows('DELETE FROM iam_portal_settings');
  await world.rows("UPDATE pforte SET titel = 'Tor'");
  await registered(api);
  expect(await apps(world)).toEqual(before);
  expect(await settingsRows(world)).toEqual(rowsOf(before));
});

test('an app that is there is found whatever code Okta refuses the second one with', async () => {
  const api = await opened();
  await addPortals(world, [1]);
  await registered(api);
  const before = await apps(world);
  await world.rows('DELETE FROM iam_portal_settings');
  const refused = await befallApps(world, 1, { kind: 'status', status: 400 });
  await registered(api);
  expect(await refused()).toBe(1);
  expect([await apps(world), await settingsRows(world)]).toEqual([before, rowsOf(before)]);
});

test('Redis loses its data while Okta has creations in hand: one app for each portal, one row for each key', async () => {
  const api = await opened();
  world.closeLater(startWorker(world.open()));
  const ids = [1, 2, 3, 4, 5, 6];
  await addPortals(world, ids);
  const held = await befallApps(world, 3, HOLD);
  const id = await register(api);
  await eventually('Okta holds three answers', async () => (await held()) === 3);
  await eventually('the others are done', async () => (await settingsRows(world)).length === 2 * 3);
  const { redis } = world.open();
  const keys = await redis.keys(`${world.prefix}:*`);
  expect(keys.length).toBeGreaterThan(0);
  await redis.del(keys);
  expect((await settingsRows(world)).length).toBe(2 * 3);
  await letGo();

  await finished(api, id);
  const found = await apps(world);
  expect(found.length).toBe(ids.length);
  expect(await settingsRows(world)).toEqual(rowsOf(found));
  expect(await failures(api, id)).toEqual([]);
});

test('two workers that know nothing of each other create one app: Okta refuses the second', async () => {
  const api = await opened();
  world.closeLater(startWorker(world.open()));
  await addPortals(world, [1]);
  const held = await befallApps(world, 1, HOLD);
  const id = await register(api);
  await eventually('Okta holds the answer', async () => (await held()) === 1);
  const before = await apps(world);
  const { redis } = world.open();
  await redis.del(await redis.keys(`${world.prefix}:*`));
  await world.ownRows('DELETE FROM creations');
  await eventually('the second is refused', async () => (await errorLog(world)).length > 0);
  await letGo();

  await finished(api, id);
  expect(await errorLog(world)).toEqual([400]);
  expect((await apps(world)).map((app) => app.id)).toEqual(before.map((app) => app.id));
  expect(await settingsRows(world)).toEqual(rowsOf(before));
  // Two creations, a look for the app, and the group by each of them.
  await eventually('the first attempt ends, too', async () => (await callsOf('apps')) === 5);
  expect([await failures(api, id), await settingsRows(world)]).toEqual([[], rowsOf(before)]);
});

test('a portal that is renamed while Okta creates its app has the new addresses, in the same app', async () => {
  world = await createPortalWorld();
  const api = await world.api();
  await addPortals(world, [1]);
  await befallApps(world, 1, { kind: 'reset', when: 'after' });
  const id = await register(api);
  const job = await workedPatiently(id);
  await job.waits();
  expect(await apps(world)).toHaveLength(1);
  await world.rows("UPDATE pforte SET titel = 'Tor', adresse = 'tor'");
  await job.goesOn();
  await finished(api, id);
  const found = await apps(world);
  expect(found.map(({ settings }) => settings.oauthClient.redirect_uris)).toEqual([
    ['https://werk.example.com/tor/login'],
  ]);
  expect(await settingsRows(world)).toEqual(rowsOf(found));
});

test('a portal that is deleted while Okta creates its app is a failure that names the app', async () => {
  const api = await opened();
  await addPortals(world, [1]);
  const held = await befallApps(world, 1, HOLD);
  const id = await register(api);
  await eventually('Okta holds the answer', async () => (await held()) === 1);
  const [app] = await apps(world);
  await world.rows('DELETE FROM pforte');
  await letGo();
  await finished(api, id);
  expect(await failures(api, id)).toEqual([[1, 'app_left_in_okta', null]]);
  const { body } = await api.get(`/v1/migrations/${id}/failures`);
  expect(body.failures[0].message).toContain(app?.id);
});

test('a portal that is deleted before Okta has heard of it is waited for no longer than a call can take', async () => {
  world = await createPortalWorld();
  const api = await world.api();
  await addPortals(world, [1]);
  const lost = await befallApps(world, 1, { kind: 'reset', when: 'before' });
  const id = await register(api);
  const job = await workedPatiently(id);
  await job.waits();
  expect(await lost()).toBe(1);
  await world.rows('DELETE FROM pforte');
  await world.ownRows('UPDATE creations SET noted_at = noted_at - INTERVAL 1 HOUR');
  await job.goesOn();
  await finished(api, id);
  expect([await failures(api, id), await apps(world), await settingsRows(world)]).toEqual([[], [], []]);
  expect(await world.ownRows('SELECT * FROM creations')).toEqual([]);
});

test('a creation that is refused for the rate is made again, and counts for nobody', async () => {
  const api = await opened({}, { windowSeconds: 2 });
  await addPortals(world, [1, 2]);
  const refused = await befallApps(world, 2, { kind: 'status', status: 429 });
  const id = await registered(api);
  expect(await refused()).toBe(2);
  expect(await failures(api, id)).toEqual([]);
  expect(await settingsRows(world)).toEqual(rowsOf(await apps(world)));
});

test('a group that Okta does not have holds the migration, and registers nobody', async () => {
  world = await createPortalWorld();
  world.file.installations.werk.groupId = '00g00000000000000000';
  world.closeLater(startWorker(world.open()));
  const api = await world.api();
  await addPortals(world, [1]);
  const id = await register(api);
  const show = async () => (await api.get(`/v1/migrations/${id}`)).body;
  const held = await eventually('it is held', async () => {
    const migration = await show();
    return migration.state === 'held' && migration;
  });
  expect(held.heldCause).toBe('group');
  expect([await failures(api, id), await settingsRows(world)]).toEqual([[], []]);
});

test('a portal that EFS has registered meanwhile keeps what EFS has', async () => {
  const api = await opened();
  await addPortals(world, [1]);
  const held = await befallApps(world, 1, HOLD);
  const id = await register(api);
  await eventually('Okta holds the answer', async () => (await held()) === 1);
  await world.rows(
    "INSERT INTO iam_portal_settings (portal_id, `key`, `value`) VALUES (1, 'client_id', 'by-efs')",
  );
  await letGo();
  await finished(api, id);
  expect(await settingsRows(world)).toEqual(['1 client_id by-efs']);
  expect(await failures(api, id)).toEqual([[1, 'portal_registered_otherwise', null]]);
});

test('a URL name that fits in no address, and an app that is inactive, are failures of their own', async () => {
  const api = await opened();
  await addPortals(world, [1, 2]);
  await world.rows("INSERT INTO pforte VALUES (3, 'Pforte 3', 'zwei wörter', 1), (4, 'Pforte 4', NULL, 1)");
  await registered(api, { ids: [2] });
  const [app] = await apps(world);
  await asOkta(world, 'POST', `/apps/${app?.id}/lifecycle/deactivate`);
  await world.rows('DELETE FROM iam_portal_settings');

  const id = await registered(api);
  expect(await failures(api, id)).toEqual([
    [2, 'app_inactive', null],
    [3, 'url_name_invalid', null],
    [4, 'url_name_invalid', null],
  ]);
  await asOkta(world, 'POST', `/apps/${app?.id}/lifecycle/activate`);
  await world.rows("UPDATE pforte SET adresse = CONCAT('pforte-', kennung)");
  const { statusCode } = await api.fastify.inject({
    method: 'POST',
    url: `/v1/migrations/${id}/retry`,
    headers: { authorization: 'Bearer a-key-of-the-tests' },
    payload: {},
  });
  expect(statusCode).toBeLessThan(300);
  await finished(api, id);
  expect(await failures(api, id)).toEqual([]);
  expect(await settingsRows(world)).toEqual(rowsOf(await apps(world)));
});

test('an installation whose portals have no way to become apps is refused', async () => {
  world = await createPortalWorld();
  delete (world.file.installations.werk as { portals: { app?: object } }).portals.app;
  const api = await world.api();
  const { status, body } = await api.post({ installation: 'werk', operation: 'register-portals' });
  expect([status, body.errors[0].path]).toEqual([400, '/body/operation']);
  expect(body.errors[0].message).toContain('portals.app');
});

test('fifty portals are estimated at a minute: each takes two of the hundred calls that Okta allows', async () => {
  world = await createPortalWorld();
  Object.assign(world.file.orgs.acme.allowances, { apps: { perMinute: 100 } });
  const api = await world.api();
  await addPortals(
    world,
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
  const { body } = await api.post({ installation: 'werk', operation: 'register-portals' });
  expect(body.estimate).toMatchObject({ people: 50, seconds: 60, perMinute: 100 });
});
