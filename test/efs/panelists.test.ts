import type { Selection } from '../../src/domain/selection.ts';
import type { Source } from '../../src/efs/source.ts';
import { createEfs, okta, panelist, sourceOf, subject, type TestEfs } from './support.ts';

let efs: TestEfs;
let panelists: Source;
beforeAll(async () => {
  efs = await createEfs();
  panelists = sourceOf(efs.open(), 'panelist');
});
afterEach(() => efs.clear());
afterAll(() => efs.close());

const page = (selection: Selection = {}, afterId = 0, limit = 100, throughId: number | null = null) =>
  panelists.page(selection, throughId, afterId, limit);
const wanted = async (selection: Selection = {}) => (await page(selection)).wanted;
const kind = async (id: number, selection: Selection = {}) =>
  (await panelists.find(subject(id), selection)).kind;

describe('who is wanted', () => {
  test('a panelist in a portal who has no reference is', async () => {
    await efs.panelists(panelist(1));
    await efs.members([1, 1]);
    expect(await wanted()).toEqual([1]);
    expect(await panelists.find(subject(1), {})).toEqual({
      kind: 'wanted',
      person: { id: 1, email: 'p1@example.com', firstName: 'Vor1', lastName: 'Nach1', extra: {} },
      oktaId: null,
    });
  });

  test.each([
    ['who is in no portal', panelist(1), []],
    ['of a status that is skipped', panelist(1, 9), [[1, 1]]],
    [
      'of a company that has an identity provider, however the address is written',
      panelist(1, 1, ' Boss@FIRMA.example '),
      [[1, 1]],
    ],
  ] as [string, unknown[], [number, number][]][])('a panelist %s is skipped', async (_, row, members) => {
    await efs.panelists(row);
    if (members.length > 0) await efs.members(...members);
    expect(await wanted()).toEqual([]);
    expect(await kind(1)).toBe('skipped');
    expect(await panelists.count({}, null)).toMatchObject({ eligible: 0, done: 0, skipped: 1 });
  });

  test.each([
    ['status', panelist(1, null)],
    ['mail', panelist(1, 1, null)],
  ])('a panelist whose %s is NULL is not skipped by a rule about it', async (_, row) => {
    await efs.panelists(row);
    await efs.members([1, 1]);
    expect(await wanted()).toEqual([1]);
    expect(await kind(1)).toBe('wanted');
  });

  test('columns that are NULL are read as empty', async () => {
    await efs.panelists([1, null, null, null, null]);
    await efs.members([1, 1]);
    expect(await panelists.find(subject(1), {})).toMatchObject({
      person: { email: '', firstName: '', lastName: '' },
    });
  });

  test('a mail domain of which the company is only a part is not that of the company', async () => {
    await efs.panelists(panelist(1, 1, 'a@sub.firma.example'), panelist(2, 1, 'b@notfirma.example'));
    await efs.members([1, 1], [1, 2]);
    expect(await wanted()).toEqual([1, 2]);
  });

  test('a panelist with a reference to every portal is referenced', async () => {
    await efs.panelists(panelist(1));
    await efs.members([1, 1], [2, 1]);
    await efs.refer([1, 1, okta(1)], [2, 1, okta(1)]);
    expect(await wanted()).toEqual([]);
    expect(await kind(1)).toBe('referenced');
  });

  test("a panelist with a reference to one of two portals is wanted, and Okta's id is known", async () => {
    await efs.panelists(panelist(1));
    await efs.members([1, 1], [2, 1]);
    await efs.refer([2, 1, okta(1)]);
    expect(await wanted()).toEqual([1]);
    expect(await panelists.find(subject(1), {})).toMatchObject({ kind: 'wanted', oktaId: okta(1) });
  });

  test('a reference row without an id of Okta is no reference', async () => {
    await efs.panelists(panelist(1));
    await efs.members([1, 1]);
    await efs.refer([1, 1, null]);
    expect(await wanted()).toEqual([1]);
    expect(await panelists.find(subject(1), {})).toMatchObject({ kind: 'wanted', oktaId: null });
    expect(await panelists.count({}, null)).toMatchObject({ eligible: 1, done: 0, skipped: 0 });
  });

  test("another panelist's reference counts for nobody else", async () => {
    await efs.panelists(panelist(1), panelist(2));
    await efs.members([1, 1], [1, 2]);
    await efs.refer([1, 2, okta(2)]);
    expect(await wanted()).toEqual([1]);
  });

  test('a panelist who is not there is gone', async () => {
    expect(await kind(1)).toBe('gone');
  });
});

describe('a page', () => {
  beforeEach(async () => {
    await efs.panelists(...[3, 5, 8, 13, 21].map((id) => panelist(id, id === 8 ? 9 : 1)));
    await efs.members([1, 3], [1, 5], [1, 8], [2, 13], [1, 21]);
  });

  test('goes as far as it has read, although the last rows are not wanted', async () => {
    expect(await page({}, 0, 3)).toEqual({ wanted: [3, 5], lastId: 8 });
  });

  test('starts behind the id it is given', async () => {
    expect(await page({}, 5, 2)).toEqual({ wanted: [13], lastId: 13 });
  });

  test("has no last id behind the table's end", async () => {
    expect(await page({}, 21)).toEqual({ wanted: [], lastId: null });
  });

  test('goes no farther than the last id that belongs to the selection', async () => {
    expect(await page({}, 0, 100, 13)).toEqual({ wanted: [3, 5, 13], lastId: 13 });
  });

  test('of a portal wants only who is in it', async () => {
    expect((await page({ portal: 2 })).wanted).toEqual([13]);
  });

  test('of ids reads only these', async () => {
    expect(await page({ ids: [21, 8, 5, 99] })).toEqual({ wanted: [5, 21], lastId: 21 });
  });

  test('of ids in a portal wants who is both', async () => {
    expect((await page({ portal: 1, ids: [13, 21] })).wanted).toEqual([21]);
  });
});

describe('the n-th eligible panelist', () => {
  beforeEach(async () => {
    await efs.panelists(...[2, 4, 6, 8].map((id) => panelist(id, id === 4 ? 9 : 1)));
    await efs.members([1, 2], [1, 4], [1, 6], [2, 8]);
  });

  test('is counted in the order of ids, without those who are skipped', async () => {
    expect(await panelists.nthEligible(2, {})).toBe(6);
  });

  test('counts who is referenced, too: the first ten stay the same ten', async () => {
    await efs.refer([1, 2, okta(2)]);
    expect(await panelists.nthEligible(1, {})).toBe(2);
  });

  test('is one of the selection', async () => {
    expect(await panelists.nthEligible(1, { portal: 2 })).toBe(8);
    expect(await panelists.nthEligible(1, { ids: [6, 8] })).toBe(6);
  });

  test('is nobody when there are fewer', async () => {
    expect(await panelists.nthEligible(4, {})).toBeNull();
  });
});

test("the table's last id is that of its last row, eligible or not; 0 without rows", async () => {
  expect(await panelists.lastId()).toBe(0);
  await efs.panelists(panelist(3), panelist(7, 9));
  expect(await panelists.lastId()).toBe(7);
});

describe('recording references', () => {
  const record = (id: number, selection: Selection = {}, source = panelists) =>
    source.recordReferences(subject(id), okta(id), selection);

  test('writes one for each portal of the person', async () => {
    await efs.panelists(panelist(1), panelist(2));
    await efs.members([1, 1], [2, 1], [1, 2]);
    expect(await record(1)).toBe(true);
    expect(await efs.references()).toEqual([`1/1 ${okta(1)}`, `2/1 ${okta(1)}`]);
  });

  test('of one portal writes none to another', async () => {
    await efs.panelists(panelist(1));
    await efs.members([1, 1], [2, 1]);
    await record(1, { portal: 2 });
    expect(await efs.references()).toEqual([`2/1 ${okta(1)}`]);
  });

  test('again changes nothing', async () => {
    await efs.panelists(panelist(1));
    await efs.members([1, 1]);
    await record(1);
    expect(await record(1)).toBe(true);
    expect(await efs.references()).toEqual([`1/1 ${okta(1)}`]);
  });

  test('tells that another user is referenced, and leaves that', async () => {
    await efs.panelists(panelist(1));
    await efs.members([1, 1]);
    await record(1);
    expect(await panelists.recordReferences(subject(1), okta(99), {})).toBe(false);
    expect(await efs.references()).toEqual([`1/1 ${okta(1)}`]);
  });

  test('tells that the person is in no portal any more, but not if another portal names the user', async () => {
    await efs.panelists(panelist(1));
    expect(await record(1)).toBe(false);
    expect(await efs.references()).toEqual([]);
    await efs.refer([2, 1, okta(1)]);
    expect(await record(1)).toBe(true);
  });

  test('leaves a row without an id of Okta as it is, and writes the reference beside it', async () => {
    await efs.panelists(panelist(1));
    await efs.members([1, 1]);
    await efs.refer([1, 1, null]);
    await record(1);
    expect(await efs.references()).toEqual(['1/1 -', `1/1 ${okta(1)}`]);
  });

  test('tells when the person is gone, and writes nothing', async () => {
    expect(await record(1)).toBe(false);
    expect(await efs.references()).toEqual([]);
  });

  test('by twenty workers at once for the same person writes each reference once', async () => {
    await efs.panelists(panelist(1));
    await efs.members([1, 1], [2, 1], [3, 1]);
    const written = await Promise.all(Array.from({ length: 20 }, () => record(1)));
    expect(written.every(Boolean)).toBe(true);
    expect(await efs.references()).toEqual([1, 2, 3].map((portal) => `${portal}/1 ${okta(1)}`));
  });

  test('by twenty workers at once for neighbours writes each reference once, without a deadlock', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => n + 1);
    await efs.panelists(...ids.map((id) => panelist(id)));
    await efs.members(
      ...ids.flatMap((id): [number, number][] => [
        [1, id],
        [2, id],
      ]),
    );
    await Promise.all([...ids, ...ids.toReversed()].map((id) => record(id)));
    expect(await efs.references()).toEqual(
      ids.flatMap((id) => [`1/${id} ${okta(id)}`, `2/${id} ${okta(id)}`]),
    );
  });
});

describe('an installation without a table of memberships', () => {
  const everywhere = () => sourceOf(efs.open({ membership: undefined } as object), 'panelist');

  test('has every panelist in every portal', async () => {
    const source = everywhere();
    await efs.query('INSERT INTO eingang VALUES (1), (2)');
    await efs.panelists(panelist(1), panelist(2));
    expect((await source.page({}, null, 0, 10)).wanted).toEqual([1, 2]);
    await source.recordReferences(subject(1), okta(1), {});
    expect(await efs.references()).toEqual([`1/1 ${okta(1)}`, `2/1 ${okta(1)}`]);
    expect((await source.page({}, null, 0, 10)).wanted).toEqual([2]);
  });

  test('wants a panelist again when a portal is added', async () => {
    const source = everywhere();
    await efs.query('INSERT INTO eingang VALUES (1)');
    await efs.panelists(panelist(1));
    await source.recordReferences(subject(1), okta(1), {});
    await efs.query('INSERT INTO eingang VALUES (2)');
    expect(await source.find(subject(1), {})).toMatchObject({ kind: 'wanted', oktaId: okta(1) });
  });

  test('skips everybody while there is no portal', async () => {
    await efs.panelists(panelist(1));
    expect(await everywhere().count({}, null)).toMatchObject({ eligible: 0, done: 0, skipped: 1 });
  });
});

describe('memberships from a view, which may repeat itself', () => {
  const columns = { portalId: 'eingang', panelistId: 'teilnehmer' };
  let repeating: Source;
  beforeAll(async () => {
    await efs.query('CREATE TABLE besuche (eingang INT NULL, teilnehmer INT)');
    await efs.query('CREATE VIEW zugang_laut_besuchen AS SELECT eingang, teilnehmer FROM besuche');
    repeating = sourceOf(efs.open({ membership: { table: 'zugang_laut_besuchen', columns } }), 'panelist');
  });
  afterEach(() => efs.query('DELETE FROM besuche'));

  test('give one reference for each portal', async () => {
    await efs.panelists(panelist(1));
    await efs.query('INSERT INTO besuche VALUES (1, 1), (1, 1), (2, 1)');
    await repeating.recordReferences(subject(1), okta(1), {});
    expect(await efs.references()).toEqual([`1/1 ${okta(1)}`, `2/1 ${okta(1)}`]);
  });

  test('count for nothing without a portal', async () => {
    await efs.panelists(panelist(1), panelist(2));
    await efs.query('INSERT INTO besuche VALUES (1, 1), (NULL, 1), (NULL, 2)');
    await repeating.recordReferences(subject(1), okta(1), {});
    expect(await efs.references()).toEqual([`1/1 ${okta(1)}`]);
    expect((await repeating.find(subject(1), {})).kind).toBe('referenced');
    expect((await repeating.find(subject(2), {})).kind).toBe('skipped');
  });
});

test('counts, pages and single looks agree with what the rules say row by row', async () => {
  const people = Array.from({ length: 120 }, (_, n) => {
    const id = n + 1;
    return {
      id,
      status: [1, 9, null, 1, 2][n % 5] ?? null,
      mail: [`p${id}@example.com`, null, 'x@firma.example', ''][n % 4] ?? null,
      portals: [[1], [], [1, 2], [2]][(n >> 2) % 4] ?? [],
      referenced: [[], [1], [2], [1, 2]][(n >> 4) % 4] ?? [],
    };
  });
  await efs.panelists(...people.map(({ id, status, mail }) => panelist(id, status, mail)));
  await efs.members(
    ...people.flatMap(({ id, portals }) => portals.map((portal): [number, number] => [portal, id])),
  );
  await efs.refer(
    ...people.flatMap(({ id, referenced }) =>
      referenced.map((portal): [number, number, ReturnType<typeof okta>] => [portal, id, okta(id)]),
    ),
  );
  const selections: [Selection, number | null][] = [
    [{}, null],
    [{ portal: 1 }, null],
    [{ portal: 2 }, 77],
    [{ ids: [5, 17, 18, 19, 20, 64, 200] }, null],
    [{ portal: 1, ids: people.filter(({ id }) => id % 3 === 0).map(({ id }) => id) }, 100],
  ];
  for (const [selection, throughId] of selections) {
    const chosen = people.filter(
      ({ id }) => (!selection.ids || selection.ids.includes(id)) && (throughId === null || id <= throughId),
    );
    const kinds = chosen.map(({ id, status, mail, portals, referenced }) => {
      const own = portals.filter((portal) => selection.portal === undefined || portal === selection.portal);
      if (status === 9 || mail === 'x@firma.example' || own.length === 0) return [id, 'skipped'];
      return [id, own.every((portal) => referenced.includes(portal)) ? 'referenced' : 'wanted'];
    });
    const of = (kind: string) => kinds.filter(([, each]) => each === kind);

    expect(await Promise.all(chosen.map(async ({ id }) => [id, await kind(id, selection)]))).toEqual(kinds);
    expect((await page(selection, 0, 1_000, throughId)).wanted).toEqual(of('wanted').map(([id]) => id));
    expect(await panelists.count(selection, throughId)).toMatchObject({
      eligible: of('wanted').length + of('referenced').length,
      done: of('referenced').length,
      skipped: of('skipped').length,
    });
  }
});

test('of many unassignments queued at once none fails and none is doubled', async () => {
  const ids = Array.from({ length: 60 }, (_, i) => i + 1);
  const queue = (id: number) => panelists.queueUnassignment(subject(id), `p${id}@example.com`, okta(id));
  await Promise.all(ids.map(queue));
  await queue(7);
  const rows = await efs.query<{ user_id: number }>(
    'SELECT user_id FROM iam_portal_user_group_unassignment_queue',
  );
  expect(rows.map(({ user_id }) => user_id).sort((a, b) => a - b)).toEqual(ids);
});
