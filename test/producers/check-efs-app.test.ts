import type { InstallationConfig } from '../../src/config/config.ts';
import { createOktaClient } from '../../src/okta/client.ts';
import { checkEfsApp } from '../../src/producers/check-efs-app.ts';
import { createWorld, type World } from '../support/world.ts';
import { asOkta } from '../workers/portals-support.ts';

const REDIRECT = 'https://werk.example.com/www/oidc';

let world: World;
let id: string;
beforeAll(async () => {
  world = await createWorld();
  ({ id } = await asOkta<{ id: string }>(world, 'POST', '/apps', {
    name: 'oidc_client',
    label: 'EFS',
    signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_basic' } },
    settings: {
      oauthClient: {
        application_type: 'web',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [REDIRECT],
      },
    },
  }));
});
afterAll(() => world.close());

async function faults(efsApp?: { id: string; redirectUris?: string[] }): Promise<string[]> {
  const app = world.open();
  const org = app.config.orgs.acme;
  if (!org) throw new Error('no org');
  const { limiter, redis } = app;
  const okta = createOktaClient(org, { limiter, redis, prefix: world.prefix });
  const config = { name: 'werk', groupId: world.groupId, ...(efsApp && { efsApp }) } as InstallationConfig;
  const found = await checkEfsApp(okta, config, { lane: 'ahead' });
  okta.close();
  return found.map(({ code, path }) => `${code} ${path}`);
}

const calls = async () =>
  (await world.okta.control<{ calls: { total: number } }>('GET', 'counters')).calls.total;

test('without an app of EFS nobody asks Okta', async () => {
  const before = await calls();
  expect(await faults()).toEqual([]);
  expect(await calls()).toBe(before);
});

test('an app that is as configured has no faults, by two calls', async () => {
  await asOkta(world, 'PUT', `/apps/${id}/groups/${world.groupId}`, {});
  const before = await calls();
  expect(await faults({ id, redirectUris: [REDIRECT] })).toEqual([]);
  expect((await calls()) - before).toBe(2);
  await asOkta(world, 'DELETE', `/apps/${id}/groups/${world.groupId}`);
});

test('whatever differs is named with the setting that it is about, all at once', async () => {
  await asOkta(world, 'POST', `/apps/${id}/lifecycle/deactivate`);
  expect(await faults({ id, redirectUris: [REDIRECT, `${REDIRECT}/`] })).toEqual([
    'efs_app_inactive /installations/werk/efsApp/id',
    'efs_app_redirect_uri /installations/werk/efsApp/redirectUris/1',
    'efs_app_group /installations/werk/efsApp/id',
  ]);
  await asOkta(world, 'POST', `/apps/${id}/lifecycle/activate`);
});

test('an app that Okta does not have, or may not show, is a fault of its own', async () => {
  expect(await faults({ id: '0oa00000000000000000' })).toEqual([
    'efs_app_missing /installations/werk/efsApp/id',
  ]);
  await world.okta.control('POST', 'faults', {
    method: 'GET',
    path: '/api/v1/apps/',
    times: 1,
    fault: { kind: 'status', status: 503 },
  });
  expect(await faults({ id })).toEqual(['efs_app_unreadable /installations/werk/efsApp/id']);
});
