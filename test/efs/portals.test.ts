import type { PortalsConfig } from '../../src/config/config.ts';
import type { Portals } from '../../src/efs/portals.ts';
import { createEfs, subject, type TestEfs } from './support.ts';

const config: PortalsConfig = {
  table: 'pforte',
  columns: { id: 'kennung', name: 'titel', urlName: 'adresse', online: 'offen' },
  skip: { offline: true },
  app: {
    label: '{portal}',
    redirectUris: ['https://example.com/{urlName}'],
    postLogoutRedirectUris: [],
    initiateLoginUri: null,
    grantTypes: ['authorization_code'],
    settings: { clientId: 'client_id', appId: 'okta_app_id', clientSecret: 'geheim' },
  },
};
const app = { clientId: 'client', appId: 'app', clientSecret: 'secret' };

let efs: TestEfs;
let portals: Portals;
beforeAll(async () => {
  efs = await createEfs();
  await efs.query(
    'CREATE TABLE pforte (kennung INT PRIMARY KEY, titel VARCHAR(100), adresse VARCHAR(100), offen TINYINT)',
  );
  const opened = efs.open({ portals: config }).portals;
  if (!opened) throw new Error('no portals');
  portals = opened;
});
beforeEach(async () => {
  await efs.query('DELETE FROM iam_portal_settings');
  await efs.query('DELETE FROM pforte');
  await efs.query(
    "INSERT INTO pforte VALUES (1, 'Eins', 'eins', 1), (2, NULL, NULL, 1), (3, 'Drei', 'drei', 0)",
  );
});
afterAll(() => efs.close());

const one = subject(1);

async function rows(): Promise<string[]> {
  const found = await efs.query<{ portal_id: number; key: string; value: string }>(
    'SELECT portal_id, `key`, `value` FROM iam_portal_settings ORDER BY portal_id, `key`, id',
  );
  return found.map(({ portal_id, key, value }) => `${portal_id} ${key} ${value}`);
}
const ALL = ['1 client_id client', '1 geheim secret', '1 okta_app_id app'];

test('twenty workers at once write one row for each key', async () => {
  const done = await Promise.all(Array.from({ length: 20 }, () => portals.recordApp(one, app)));
  expect(new Set(done)).toEqual(new Set(['recorded']));
  expect(await rows()).toEqual(ALL);
});

test('of two apps one is recorded, and the other is told so', async () => {
  const other = { ...app, clientId: 'other', appId: 'other' };
  const done = await Promise.all([portals.recordApp(one, app), portals.recordApp(one, other)]);
  expect(done.toSorted()).toEqual(['recorded', 'taken']);
  expect((await rows()).length).toBe(3);
});

test('rows that are there and empty are filled, other keys and portals stay', async () => {
  await efs.query(
    "INSERT INTO iam_portal_settings (portal_id, `key`, `value`) VALUES (1, 'client_id', NULL), (1, 'okta_app_id', 'old'), (1, 'theme', 'dark'), (2, 'client_id', '')",
  );
  expect(await portals.recordApp(one, app)).toBe('recorded');
  expect(await rows()).toEqual([...ALL, '1 theme dark', '2 client_id ']);
  expect(await portals.recordApp(subject(99), app)).toBe('gone');
});

test('without a secret nothing is written for it', async () => {
  await portals.recordApp(one, { ...app, clientSecret: null });
  expect(await rows()).toEqual(ALL.filter((row) => !row.includes('secret')));
});

test('how a portal stands: gone, left out, registered by whomever, or wanted', async () => {
  await efs.query("INSERT INTO iam_portal_settings (portal_id, `key`, `value`) VALUES (1, 'client_id', 'x')");
  expect(await portals.find(one)).toEqual({ kind: 'registered' });
  expect(await portals.find(subject(2))).toEqual({
    kind: 'wanted',
    portal: { id: 2, name: '', urlName: '' },
  });
  expect(await portals.find(subject(3))).toEqual({ kind: 'skipped' });
  expect(await portals.find(subject(4))).toEqual({ kind: 'gone' });
  expect(await portals.read(subject(3))).toEqual({ id: 3, name: 'Drei', urlName: 'drei' });
});

test('portals are counted and paged like people, and one can be selected', async () => {
  await portals.recordApp(one, app);
  expect(await portals.count({}, null)).toEqual({
    eligible: 2,
    done: 1,
    skipped: 1,
    skippedBy: { portal_offline: 1 },
  });
  expect(await portals.count({ portal: 2 }, null)).toMatchObject({ eligible: 1, done: 0, skipped: 0 });
  expect(await portals.page({}, null, 0, 10)).toEqual({ wanted: [2], lastId: 3 });
  expect(await portals.page({ portal: 1 }, null, 0, 10)).toEqual({ wanted: [], lastId: 1 });
  expect(await portals.nthEligible(2, {})).toBe(2);
  expect(await portals.skipped({}, null, 'portal_offline', 0, 10)).toEqual([3]);
});

test('what Portage has registered is found by its rows, also of a portal that is gone', async () => {
  await portals.recordApp(one, app);
  await portals.recordApp(subject(3), { ...app, clientId: 'c3', appId: 'app3' });
  await efs.query("INSERT INTO iam_portal_settings (portal_id, `key`, `value`) VALUES (2, 'client_id', 'x')");
  await efs.query('DELETE FROM pforte WHERE kennung = 3');
  const { registered } = portals;
  expect(await registered.page({}, null, 0, 10)).toEqual([1, 3]);
  expect(await registered.page({}, null, 1, 10)).toEqual([3]);
  expect(await registered.page({}, 1, 0, 10)).toEqual([1]);
  expect(await registered.page({ portal: 3 }, null, 0, 10)).toEqual([3]);
  expect(await registered.count({ ids: [2, 3] }, null)).toBe(1);
  expect([await registered.nthEligible(2, {}), await registered.nthEligible(3, {})]).toEqual([3, null]);
  expect(await registered.lastId()).toBe(3);
  expect(await portals.appIdOf(subject(3))).toBe('app3');
  expect(await portals.appIdOf(subject(2))).toBeNull();
});
