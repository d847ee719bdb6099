import { type Reader, readerOf } from '../support/reader.ts';
import type { World } from '../support/world.ts';
import { addPortals, apps, asOkta, createPortalWorld } from '../workers/portals-support.ts';

let world: World;
let next: Reader['next'];
let left: string[];
beforeAll(async () => {
  world = await createPortalWorld();
  const { id } = await asOkta<{ id: string }>(world, 'POST', '/apps', {
    name: 'oidc_client',
    label: 'EFS',
    signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_basic' } },
    settings: {
      oauthClient: {
        application_type: 'web',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: ['https://werk.example.com/www/oidc'],
      },
    },
  });
  await asOkta(world, 'PUT', `/apps/${id}/groups/${world.groupId}`, {});
  Object.assign(world.file.installations.werk, {
    efsApp: { id, redirectUris: ['https://werk.example.com/www/oidc'] },
  });
  await addPortals(world, [1, 2, 3]);
  ({ next, left } = await readerOf(world, 'portals.md'));
});
afterAll(() => world.close());

const addresses = async () =>
  (await apps(world)).map(({ status, settings }) => [status, settings.oauthClient.redirect_uris[0]]);

test('a support person follows the page about portals from its first command to its last', async () => {
  const checked = await next('check --connect');
  expect(checked).toMatchObject({
    code: 0,
    out: expect.stringContaining('everything that it names answers'),
  });
  expect((await next('preflight register-portals')).out).toContain('"done":3');
  expect(await apps(world)).toEqual([]);
  expect((await next('start register-portals')).code).toBe(0);
  expect(await addresses()).toEqual(
    [1, 2, 3].map((n) => ['ACTIVE', `https://werk.example.com/pforte-${n}/login`]),
  );

  await world.rows("UPDATE pforte SET adresse = 'neu' WHERE kennung = 2");
  await world.rows('DELETE FROM pforte WHERE kennung = 3');
  await next('start update-portals');
  expect((await addresses()).slice(1)).toEqual([
    ['ACTIVE', 'https://werk.example.com/neu/login'],
    ['ACTIVE', 'https://werk.example.com/pforte-3/login'],
  ]);
  expect((await next('start update-portals')).code).toBe(0);
  expect((await addresses()).at(-1)?.[0]).toBe('INACTIVE');

  const [failed] = await world.ownRows<{ id: number }>(
    "SELECT migration_id AS id FROM failures WHERE code = 'portal_removed'",
  );
  const failures = await next('failures', failed?.id);
  expect(failures).toMatchObject({ code: 0, out: expect.stringContaining('portal_removed') });
  expect((await next('retry', failed?.id)).code).toBe(0);
  expect(left).toEqual([]);
}, 200_000);
