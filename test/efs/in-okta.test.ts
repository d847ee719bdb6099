import type { OktaUserId } from '../../src/domain/ids.ts';
import type { Source } from '../../src/efs/source.ts';
import { createEfs, okta, panelist, subject, type TestEfs } from './support.ts';

let efs: TestEfs;
beforeAll(async () => {
  efs = await createEfs();
  await efs.panelists(panelist(1), panelist(2), panelist(3, 9), panelist(4));
  await efs.members([1, 1], [2, 1], [1, 2], [1, 3], [1, 4]);
  await efs.refer([1, 1, okta(1)], [2, 1, okta(1)], [1, 2, null], [1, 3, okta(3)], [2, 4, okta(4)]);
  await efs.admins([1, 'a1@example.com', 'A', 'B', null], [2, 'a2@example.com', 'A', 'B', null]);
  await efs.referAdmin([1, okta(1)]);
});
afterAll(() => efs.close());

function sourceOf(kind: 'admin' | 'panelist', referenceStatus?: Record<string, number>): Source {
  const { panelists } = efs.open().config;
  if (!panelists) throw new Error('no panelists');
  const source = efs.open({ panelists: { ...panelists, ...(referenceStatus && { referenceStatus }) } })
    .inOkta[kind];
  if (!source) throw new Error(`no ${kind}s`);
  return source;
}

test('whoever has any reference is wanted, with its id; the others are left out by reason', async () => {
  const panelists = sourceOf('panelist');
  expect(await panelists.page({}, null, 0, 100)).toEqual({ wanted: [1, 4], lastId: 4 });
  expect(await panelists.find(subject(4), {})).toMatchObject({ kind: 'wanted', oktaId: okta(4) });
  expect((await panelists.find(subject(2), {})).kind).toBe('skipped');
  expect(await panelists.count({}, null)).toEqual({
    eligible: 2,
    done: 0,
    skipped: 2,
    skippedBy: { status: 1, not_in_okta: 1 },
  });
  expect(await panelists.skipped({}, null, 'not_in_okta', 0, 10)).toEqual([2]);
});

test('whom Okta has for people is told of those who are referenced', async () => {
  const ids = await sourceOf('panelist').oktaIdsOf([1, 2, 4, 9].map(subject));
  expect([...ids]).toEqual([
    [1, okta(1)],
    [4, okta(4)],
  ]);
  expect(await sourceOf('panelist').oktaIdsOf([])).toEqual(new Map());
});

test('of admins only who has a reference is wanted', async () => {
  expect((await sourceOf('admin').page({}, null, 0, 100)).wanted).toEqual([1]);
});

test.each([
  ['panelist', 2, 1],
  ['panelist', 1, null],
  ['admin', 2, 1],
  ['admin', 1, null],
] as const)("of one's own kind another %s than %i has the user, or nobody", async (kind, id, other) => {
  expect(await sourceOf(kind).otherOf(okta(1), subject(id))).toBe(other);
});

type Row = { portal_id: number; status: number | null; moved: 0 | 1 };
const rows = (userId: number) =>
  efs.query<Row>(
    `SELECT portal_id, status, updated_at > '2020-01-01' AS moved
       FROM iam_portal_user_reference WHERE user_id = ? ORDER BY portal_id`,
    [userId],
  );
const forget = () =>
  efs.query("UPDATE iam_portal_user_reference SET status = NULL, updated_at = '2020-01-01'");

test('a status is told to all references of the user, and moves their time; the same again does not', async () => {
  await forget();
  const panelists = sourceOf('panelist', { pending: 2 });
  await panelists.recordStatus(subject(1), okta(1), 'pending');
  expect(await rows(1)).toEqual([
    { portal_id: 1, status: 2, moved: 1 },
    { portal_id: 2, status: 2, moved: 1 },
  ]);
  await efs.query("UPDATE iam_portal_user_reference SET updated_at = '2020-01-01'");
  await panelists.recordStatus(subject(1), okta(1), 'pending');
  expect((await rows(1)).map(({ moved }) => moved)).toEqual([0, 0]);
});

test.each([
  ['without a number for it', { active: 3 }, okta(1)],
  ['without any numbers', undefined, okta(1)],
  ['of another user of Okta', { pending: 2 }, okta(7)],
] as [string, Record<string, number> | undefined, OktaUserId][])(
  'a status %s is told to nobody',
  async (_, numbers, oktaId) => {
    await forget();
    await sourceOf('panelist', numbers).recordStatus(subject(1), oktaId, 'pending');
    expect(await rows(1)).toEqual([
      { portal_id: 1, status: null, moved: 0 },
      { portal_id: 2, status: null, moved: 0 },
    ]);
  },
);

test.each([
  [{ created: 1 }, 1],
  [{ pending: 2 }, 7],
  [undefined, 7],
])('a new reference gets the status that %j says, or its default', async (referenceStatus, status) => {
  await efs.query('ALTER TABLE iam_portal_user_reference ALTER COLUMN status SET DEFAULT 7');
  await efs.query('DELETE FROM iam_portal_user_reference WHERE user_id = 4');
  const { panelists } = efs.open().config;
  if (!panelists) throw new Error('no panelists');
  const { sources } = efs.open({ panelists: { ...panelists, ...(referenceStatus && { referenceStatus }) } });
  await sources.panelist?.recordReferences(subject(4), okta(4), {});
  expect((await rows(4)).map((row) => row.status)).toEqual([status]);
});

test('another reference of who is mailed gets the status that they have; of another user it tells nothing', async () => {
  const { panelists } = efs.open().config;
  if (!panelists) throw new Error('no panelists');
  const referenceStatus = { created: 1, pending: 2, active: 3 };
  const source = efs.open({ panelists: { ...panelists, referenceStatus } }).sources.panelist;
  await efs.query('DELETE FROM iam_portal_user_reference WHERE user_id = 4');
  await efs.query(
    'INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid, status) VALUES (90, 4, ?, 9)',
    [okta(9)],
  );
  await source?.recordReferences(subject(4), okta(4), {});
  await source?.recordStatus(subject(4), okta(4), 'pending');
  await efs.members([3, 4]);
  await source?.recordReferences(subject(4), okta(4), {});
  expect((await rows(4)).map(({ portal_id, status }) => [portal_id, status])).toEqual([
    [1, 2],
    [3, 2],
    [90, 9],
  ]);
});
