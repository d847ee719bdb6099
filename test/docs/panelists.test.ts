import { type Reader, readerOf } from '../support/reader.ts';
import type { ListedUser } from '../support/simulator.ts';
import { type Api, createWorld, type World } from '../support/world.ts';
import { addPanelists, range } from '../workers/support.ts';

let world: World;
let api: Api;
let next: Reader['next'];
let left: string[];
beforeAll(async () => {
  world = await createWorld();
  await addPanelists(world, range(5));
  // In portal 2: one of portal 1, three more, of whom two cannot be created, and one who is left out.
  await add(
    [6, 'six@example.com', 1],
    [7, 'not a mail', 1],
    [8, 'person-1@example.com', 1],
    [9, 'n@example.com', 9],
  );
  await world.rows(world.efs.member, [[5, 6, 7, 8, 9].map((id) => [2, id])]);
  ({ api, next, left } = await readerOf(world, 'panelists.md'));
});
afterAll(() => world.close());

/** Panelists by id, mail and status. */
async function add(...panelists: [number, string, number][]): Promise<void> {
  const rows = panelists.map(([id, mail, status]) => [id, mail, 'Vor', 'Nach', status]);
  await world.rows(world.efs.panelist, [rows]);
}

const created = async () => (await world.okta.control<{ created: number }>('GET', 'counters')).created;
/** `portal person` of each reference. */
const references = async () =>
  (
    await world.rows<{ portal_id: number; user_id: number }>(
      'SELECT portal_id, user_id FROM iam_portal_user_reference WHERE uuid IS NOT NULL ORDER BY 1, 2',
    )
  ).map(({ portal_id, user_id }) => `${portal_id} ${user_id}`);

async function keptFree(): Promise<unknown> {
  const { body } = await api.get('/v1/allowances');
  const found = (
    body.allowances as { bucket: string; configured: { override: { keepFree: unknown } | null } }[]
  ).find(({ bucket }) => bucket === 'users');
  return found?.configured.override?.keepFree ?? null;
}

test('a support person follows the page about panelists from its first command to its last', async () => {
  expect((await next('check --connect')).code).toBe(0);
  const looked = await next('preflight create-panelists');
  expect(looked.out).toContain('"skippedBy":{"status":1}');
  expect(looked.out).toMatch(/"failedBy":\{("mail_invalid":1|"login_taken":1|,){3}\}/);
  expect((await next('preflight create-panelists --installation acme --portal 1')).out).toContain(
    '"eligible":5',
  );
  expect(await created()).toBe(0);

  expect((await next('allowances set acme users --keep-free 30%')).code).toBe(0);
  expect((await next('allowances')).out).toContain('30%');
  expect(await keptFree()).toBe('30%');

  expect((await next('start create-panelists --installation acme --first 3')).code).toBe(0);
  expect(await created()).toBe(3);
  expect((await next('start create-panelists --installation acme --portal 1')).code).toBe(0);
  expect(await references()).toEqual(['1 1', '1 2', '1 3', '1 4', '1 5']);
  expect((await next('start create-panelists')).code).toBe(1);
  expect(await references()).toEqual(['1 1', '1 2', '1 3', '1 4', '1 5', '2 5', '2 6']);
  const [last] = await world.ownRows<{ id: number }>('SELECT MAX(id) AS id FROM migrations');
  const id = last?.id ?? 0;
  expect((await next('status', id)).out).toContain('"eligible":8,"done":6,"failed":2');
  expect((await next('status 12 --follow', id)).code).toBe(1);

  expect((await next('skipped', id)).out).toContain('"reason":"status"');
  expect((await next('skipped 12 --reason status', id)).out).toContain('"id":9');
  const { out: failures } = await next('failures', id);
  expect(failures).toContain('login_taken');
  expect(failures).toContain('werk/panelist/1.');
  expect((await next('failures 12 --code mail_invalid', id)).out).toContain('"subjectId":7');
  await world.rows("UPDATE teilnehmer SET post = 'seven@example.com' WHERE nr = 7");
  expect((await next('retry 12 --code mail_invalid', id)).code).toBe(1);
  expect((await references()).at(-1)).toBe('2 7');
  await world.rows("UPDATE teilnehmer SET post = 'eight@example.com' WHERE nr = 8");
  expect((await next('retry 12 --follow', id)).code).toBe(0);
  expect((await references()).at(-1)).toBe('2 8');
  expect(await created()).toBe(8);

  await add([10, 'ten@example.com', 1]);
  await world.rows(world.efs.member, [
    [
      [2, 1],
      [2, 10],
    ],
  ]);
  expect((await next('start create-panelists')).code).toBe(0);
  expect(await references()).toEqual([
    '1 1',
    '1 2',
    '1 3',
    '1 4',
    '1 5',
    '2 1',
    '2 5',
    '2 6',
    '2 7',
    '2 8',
    '2 10',
  ]);
  const users = await world.okta.control<ListedUser[]>('GET', 'users');
  expect(users.map(({ status }) => status)).toEqual(Array.from({ length: 9 }, () => 'STAGED'));
  expect(await created()).toBe(9);
  expect(await world.okta.control('GET', 'outbox')).toEqual([]);
  expect((await next('allowances set acme users --keep-free none')).code).toBe(0);
  expect(await keptFree()).toBeNull();
  expect(left).toEqual([]);
}, 200_000);
