import { type Reader, readerOf } from '../support/reader.ts';
import { type Api, createWorld, type World } from '../support/world.ts';
import { addPanelists, finished, range } from '../workers/support.ts';

let world: World;
let api: Api;
let next: Reader['next'];
let left: string[];
beforeAll(async () => {
  world = await createWorld();
  await world.rows('CREATE TABLE config (name VARCHAR(100) PRIMARY KEY, value TEXT)');
  Object.assign(world.file.installations.werk, { settings: {} });
  await addPanelists(world, range(5));
  await world.rows(world.efs.admin, [[[1, 'admin@example.com', 'Ada', 'Min', null]]]);
  ({ api, next, left } = await readerOf(world, 'activation.md'));
  for (const operation of ['create-admins', 'create-panelists']) {
    const { body } = await api.post({ installation: 'werk', operation });
    await finished(api, body.id);
  }
});
afterAll(() => world.close());

const mails = async () => (await world.okta.control<unknown[]>('GET', 'outbox')).length;
const users = () => world.okta.control<{ id: string; profile: { login: string } }[]>('GET', 'users');
/** At Okta, by hand. */
async function move(login: string, lifecycle: string): Promise<void> {
  const id = (await users()).find(({ profile }) => profile.login === login)?.id;
  const response = await fetch(
    `${world.okta.url}/api/v1/users/${id}/lifecycle/${lifecycle}?sendEmail=false`,
    {
      method: 'POST',
      headers: { authorization: `SSWS ${world.env.OKTA_TOKEN}` },
    },
  );
  expect(response.status).toBe(200);
}

test('a support person follows the page about activation from its first command to its last', async () => {
  const looked = await next('preflight activate-panelists');
  expect(looked).toMatchObject({ code: 1, out: expect.stringContaining('module_inactive') });
  const { out: table } = await next('preflight activate-panelists --installation acme --mails');
  expect(table.match(/person-\d@example\.com/g)).toHaveLength(5);
  expect(await mails()).toBe(0);

  expect((await next('settings set iam_module_active 1')).code).toBe(0);
  await world.rows("UPDATE config SET value = '0'");
  expect((await next('start activate-admins --installation acme --confirm module-inactive')).code).toBe(0);
  expect(await mails()).toBe(1);
  await world.rows("UPDATE config SET value = '1'");
  expect((await next('start activate-admins')).code).toBe(0);
  expect(await mails()).toBe(1);

  await move('person-5@example.com', 'deactivate');
  expect((await next('start activate-panelists --installation acme --first')).code).toBe(1);
  expect((await next('start activate-panelists --installation acme --mails-per-minute')).code).toBe(1);
  expect(await mails()).toBe(5);

  const [failed] = await world.ownRows<{ id: number }>('SELECT MAX(migration_id) AS id FROM failures');
  const id = failed?.id ?? 0;
  expect((await next('failures', id)).out).toContain('okta_status');
  await move('person-5@example.com', 'activate');
  expect((await next('retry', id)).code).toBe(0);
  await finished(api, id);
  expect(await mails()).toBe(5);
  expect((await next('pause', id)).code).toBe(1); // it has finished
  expect((await next('resume', id)).code).toBe(1);

  await world.okta.control('POST', 'logins', { login: 'person-1@example.com', choosesPassword: true });
  await world.ownRows('UPDATE activations SET mailed_at = mailed_at - INTERVAL 15 DAY');
  expect((await next('start resend-to-panelists')).code).toBe(0);
  expect(await mails()).toBe(9);
  expect(left).toEqual([]);
}, 200_000);
