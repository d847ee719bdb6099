import { type Reader, readerOf } from '../support/reader.ts';
import type { ListedUser } from '../support/simulator.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let next: Reader['next'];
let left: string[];
beforeAll(async () => {
  world = await createWorld();
  await world.rows('CREATE TABLE config (name VARCHAR(100) PRIMARY KEY, value TEXT)');
  await world.rows("INSERT INTO config VALUES ('iam_module_active', '0')");
  Object.assign(world.file.installations.werk, { settings: {} });
  await add([1, 'ada'], [2, 'bo'], [3, 'cy'], [4, 'dee'], [5, 'not a mail'], [6, 'eve@firma.example']);
  ({ next, left } = await readerOf(world, 'admins.md'));
});
afterAll(() => world.close());

/** Admins by id, and by mail or what comes before its domain. */
async function add(...admins: [number, string][]): Promise<void> {
  const mailOf = (name: string) => (/[ @]/.test(name) ? name : `${name}@example.com`);
  await world.rows(world.efs.admin, [admins.map(([id, name]) => [id, mailOf(name), 'Vor', 'Nach', null])]);
}

const users = () => world.okta.control<ListedUser[]>('GET', 'users');
const references = async () =>
  (await world.rows<{ user_id: number }>('SELECT user_id FROM iam_user_reference ORDER BY 1')).map(
    (row) => row.user_id,
  );

test('a support person follows the page about admins from its first command to its last', async () => {
  expect(await next('check --connect')).toMatchObject({
    code: 0,
    out: expect.stringContaining('everything that it names answers'),
  });
  expect((await next('settings get iam_module_active')).out).toContain('"0"');
  const looked = await next('preflight create-admins');
  expect(looked.out).toContain('"skippedBy":{"mail_domain":1}');
  expect(looked.out).toContain('"failedBy":{"mail_invalid":1}');
  expect(await users()).toEqual([]);

  expect((await next('start create-admins --installation acme --first 3')).code).toBe(0);
  expect(await references()).toEqual([1, 2, 3]);
  expect((await next('start create-admins')).code).toBe(1);
  expect(await references()).toEqual([1, 2, 3, 4]);
  const [last] = await world.ownRows<{ id: number }>('SELECT MAX(id) AS id FROM migrations');
  const id = last?.id ?? 0;
  expect((await next('status', id)).out).toContain('"eligible":5,"done":4,"failed":1');
  expect((await next('status 12 --follow', id)).code).toBe(1);

  expect((await next('skipped', id)).out).toContain('"reason":"mail_domain"');
  expect((await next('skipped 12 --reason mail_domain', id)).out).toContain('"id":6');
  expect((await next('failures', id)).out).toContain('mail_invalid');
  await world.rows("UPDATE verwalter SET post = 'fay@example.com' WHERE nr = 5");
  expect((await next('retry 12 --follow', id)).code).toBe(0);
  expect(await references()).toEqual([1, 2, 3, 4, 5]);

  await add([7, 'gus']);
  expect((await next('start create-admins')).code).toBe(0);
  expect(await references()).toEqual([1, 2, 3, 4, 5, 7]);
  const created = (await users()).map(({ profile, status }) => `${String(profile.login)} ${status}`);
  expect(created).toHaveLength(6);
  expect(new Set(created)).toEqual(
    new Set(['ada', 'bo', 'cy', 'dee', 'fay', 'gus'].map((name) => `${name}@example.com STAGED`)),
  );
  expect(await world.okta.control('GET', 'outbox')).toEqual([]);
  expect(left).toEqual([]);
}, 200_000);
