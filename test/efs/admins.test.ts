import type { Source } from '../../src/efs/source.ts';
import { admin, createEfs, okta, sourceOf, subject, type TestEfs } from './support.ts';

let efs: TestEfs;
let admins: Source;
beforeAll(async () => {
  efs = await createEfs();
  admins = sourceOf(efs.open(), 'admin');
});
afterEach(() => efs.clear());
afterAll(() => efs.close());

const wanted = async () => (await admins.page({}, null, 0, 100)).wanted;

test('an admin without a reference is wanted, one whose login has expired is not', async () => {
  await efs.admins(admin(1), admin(2, '2020-01-01'), admin(3, '2999-12-31'));
  expect(await wanted()).toEqual([1, 3]);
  expect((await admins.find(subject(2), {})).kind).toBe('skipped');
});

test('a login that expires today is still good', async () => {
  const [today] = await efs.query<{ date: string }>('SELECT CAST(UTC_DATE() AS CHAR) AS date');
  await efs.admins(admin(1, today?.date));
  expect(await wanted()).toEqual([1]);
});

test('a rule that is not configured leaves nobody out', async () => {
  const columns = { id: 'nr', email: 'post', firstName: 'vorname', lastName: 'nachname' };
  const open = efs.open({ admins: { table: 'verwalter', columns } });
  await efs.admins(admin(1, '2020-01-01', 'boss@firma.example'));
  expect((await sourceOf(open, 'admin').page({}, null, 0, 10)).wanted).toEqual([1]);
});

test('an admin of a company that has an identity provider is skipped, one without a mail is not', async () => {
  await efs.admins(admin(1, null, 'boss@firma.example'), admin(2, null, null));
  expect(await wanted()).toEqual([2]);
});

test('a reference row without an id of Okta is no reference', async () => {
  await efs.admins(admin(1), admin(2));
  await efs.referAdmin([1, null], [2, okta(2)]);
  expect(await wanted()).toEqual([1]);
  expect((await admins.find(subject(2), {})).kind).toBe('referenced');
  expect(await admins.count({}, null)).toMatchObject({ eligible: 2, done: 1, skipped: 0 });
});

test('by twenty workers at once one reference is written', async () => {
  await efs.admins(admin(1), admin(2));
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      admins.recordReferences(subject(1 + (n % 2)), okta(1 + (n % 2)), {}),
    ),
  );
  expect(await efs.adminReferences()).toEqual([`1 ${okta(1)}`, `2 ${okta(2)}`]);
});

test('nothing is written for an admin who is referenced with another user, and that is told', async () => {
  await efs.admins(admin(1));
  await efs.referAdmin([1, okta(1)]);
  expect(await admins.recordReferences(subject(1), okta(2), {})).toBe(false);
  expect(await efs.adminReferences()).toEqual([`1 ${okta(1)}`]);
});

test('nothing is written for an admin who is gone', async () => {
  expect(await admins.recordReferences(subject(1), okta(1), {})).toBe(false);
  expect(await efs.adminReferences()).toEqual([]);
});
