import { startWorker } from '../../src/workers/worker.ts';
import type { Api, World } from '../support/world.ts';
import {
  addPortals,
  apps,
  asOkta,
  createPortalWorld,
  type FoundApp,
  settingsRows,
} from './portals-support.ts';
import { failures, finished } from './support.ts';

let world: World;
let api: Api;
beforeEach(async () => {
  world = await createPortalWorld();
  world.closeLater(startWorker(world.open()));
  api = await world.api();
  await addPortals(world, [1, 2, 3]);
  await run('register-portals');
});
afterEach(() => world.close());

async function run(operation: string, rest: object = {}): Promise<number> {
  const { status, body } = await api.post({ installation: 'werk', operation, ...rest });
  if (status !== 202) throw new Error(JSON.stringify(body));
  await finished(api, body.id);
  return body.id;
}

const counts = async (id: number) => (await api.get(`/v1/migrations/${id}`)).body.counts;
const CONFIRMED = { options: { confirm: ['deactivate-removed'] } };

/** Calls to the apps themselves: each look at one, and each change. */
async function calls(): Promise<number> {
  const { calls } = await world.okta.control<{ calls: { byBucket: { app: number } } }>('GET', 'counters');
  return calls.byBucket.app;
}

async function appOf(portal: number): Promise<FoundApp> {
  const app = (await apps(world)).find(({ profile }) => profile.portage === `werk/portal/${portal}`);
  if (!app) throw new Error(`portal ${portal} has no app`);
  return app;
}

test('a portal whose URL name has changed gets its addresses changed; of the others nothing is written', async () => {
  const before = await apps(world);
  const second = await appOf(2);
  // What people have set in Okta besides stays.
  const { groupIds: _, ...whole } = second;
  await asOkta(world, 'PUT', `/apps/${second.id}`, { ...whole, label: 'Ein anderer Name' });
  await world.rows("UPDATE pforte SET adresse = 'neue-pforte' WHERE kennung = 2");
  const callsBefore = await calls();
  const id = await run('update-portals');

  expect((await calls()) - callsBefore).toBe(3 + 1);
  const after = await apps(world);
  expect([after[0], after[2]]).toEqual([before[0], before[2]]);
  expect(after[1]).toMatchObject({
    id: second.id,
    label: 'Ein anderer Name',
    profile: { portage: 'werk/portal/2' },
    credentials: { oauthClient: { client_id: 'portage.werk.portal.2', token_endpoint_auth_method: 'none' } },
    settings: {
      oauthClient: {
        redirect_uris: ['https://werk.example.com/neue-pforte/login'],
        post_logout_redirect_uris: ['https://werk.example.com/neue-pforte/'],
        initiate_login_uri: 'https://werk.example.com/neue-pforte/start',
      },
    },
  });
  expect(await counts(id)).toMatchObject({ eligible: 3, done: 3, failed: 0 });

  const looks = await calls();
  await run('update-portals');
  expect((await calls()) - looks).toBe(3);
});

test('with the new addresses EFS gets the secret that the app has then', async () => {
  await world.close();
  world = await createPortalWorld({ settings: { clientSecret: 'geheim' } });
  world.closeLater(startWorker(world.open()));
  api = await world.api();
  await addPortals(world, [1, 2]);
  await run('register-portals');
  const secrets = async () => (await settingsRows(world)).filter((row) => row.includes(' geheim '));
  const before = await secrets();
  await world.rows("UPDATE iam_portal_settings SET `value` = 'another' WHERE `key` = 'geheim'");
  await world.rows("UPDATE pforte SET adresse = 'neu' WHERE kennung = 2");
  expect(await failures(api, await run('update-portals'))).toEqual([]);
  expect(await secrets()).toEqual(['1 geheim another', before[1]]);
});

test('a removed portal is reported; its app is deactivated only when that is confirmed, and no other', async () => {
  const app = await appOf(2);
  await world.rows('DELETE FROM pforte WHERE kennung = 2');
  const id = await run('update-portals');
  expect(await failures(api, id)).toEqual([[2, 'portal_removed', null]]);
  const { body } = await api.get(`/v1/migrations/${id}/failures`);
  expect(body.failures[0].message).toContain(`its app ${app.id} is active`);
  expect(await counts(id)).toMatchObject({ eligible: 3, done: 2, failed: 1 });
  expect((await apps(world)).map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);

  const confirmed = await run('update-portals', CONFIRMED);
  expect(await failures(api, confirmed)).toEqual([]);
  expect((await apps(world)).map(({ status }) => status)).toEqual(['ACTIVE', 'INACTIVE', 'ACTIVE']);
  expect((await settingsRows(world)).length).toBe(3 * 2);
  // Once it is inactive, nothing is left to be confirmed.
  expect(await failures(api, await run('update-portals'))).toEqual([]);
});

test("an app that is not there, and one that is not the portal's own, are failures and stay as they are", async () => {
  const [first, second] = [await appOf(1), await appOf(2)];
  await asOkta(world, 'POST', `/apps/${first.id}/lifecycle/deactivate`);
  await asOkta(world, 'DELETE', `/apps/${first.id}`);
  const { groupIds: _, ...whole } = second;
  await asOkta(world, 'PUT', `/apps/${second.id}`, { ...whole, profile: { portage: 'other/portal/2' } });
  await world.rows('DELETE FROM pforte WHERE kennung = 2');
  const id = await run('update-portals', CONFIRMED);
  expect(await failures(api, id)).toEqual([
    [1, 'app_missing', null],
    [2, 'app_foreign', null],
  ]);
  const found = await asOkta<FoundApp>(world, 'GET', `/apps/${second.id}`);
  expect(found.status).toBe('ACTIVE');
});

test('a portal or ids can be selected, also one that EFS has no more', async () => {
  await world.rows('DELETE FROM pforte WHERE kennung = 3');
  const looks = await calls();
  const id = await run('update-portals', { selection: { portal: 3 } });
  expect(await failures(api, id)).toEqual([[3, 'portal_removed', null]]);
  await run('update-portals', { selection: { ids: [1, 2, 99] } });
  await run('update-portals', { selection: { first: 1 } });
  expect((await calls()) - looks).toBe(1 + 2 + 1);
});

test('a change whose answer is lost is looked at again, and not made twice', async () => {
  await world.rows("UPDATE pforte SET adresse = 'neu' WHERE kennung = 1");
  const order = { method: 'PUT', path: '/api/v1/apps/', times: 1, fault: { kind: 'reset', when: 'after' } };
  await world.okta.control('POST', 'faults', order);
  const before = await calls();
  const id = await run('update-portals');
  const [fault] = await world.okta.control<{ fired: number }[]>('GET', 'faults');
  expect(fault?.fired).toBe(1);
  // Three looks, the change, and the look that finds it made.
  expect((await calls()) - before).toBe(3 + 1 + 1);
  expect(await failures(api, id)).toEqual([]);
  expect((await appOf(1)).settings.oauthClient.redirect_uris).toEqual(['https://werk.example.com/neu/login']);
});

test('a portal whose app somebody has deactivated is a failure: nobody can log in', async () => {
  const { id: appId } = await appOf(1);
  await asOkta(world, 'POST', `/apps/${appId}/lifecycle/deactivate`);
  const id = await run('update-portals');
  expect(await failures(api, id)).toEqual([[1, 'app_inactive', null]]);
});
