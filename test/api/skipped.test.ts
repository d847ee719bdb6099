import { startWorker } from '../../src/workers/worker.ts';
import { type Api, createWorld, type World } from '../support/world.ts';
import { counters, finished, references, start } from '../workers/support.ts';

let world: World;
let api: Api;
beforeAll(async () => {
  world = await createWorld();
  await people([1, 1], [2, 9], [3, 9], [4, 9]);
  await world.rows(world.efs.panelist, [
    [
      [5, 'boss@firma.example', 'Bo', 'Ss', 1],
      [6, 'boss-too@firma.example', 'Bo', 'Ss', 9], // left out for two reasons
      [7, 'nowhere@example.com', 'No', 'Where', 1],
    ],
  ]);
  await world.rows(world.efs.member, [
    [
      [1, 5],
      [1, 6],
    ],
  ]);
  api = await world.api();
  world.closeLater(startWorker(world.open()));
});
afterAll(() => world.close());

/** Panelists of these ids and statuses in portal 1. */
async function people(...rows: [id: number, status: number][]) {
  const row = ([id, status]: [number, number]) => [id, `p${id}@example.com`, 'Ada', 'Byron', status];
  await world.rows(world.efs.panelist, [rows.map(row)]);
  await world.rows(world.efs.member, [rows.map(([id]) => [1, id])]);
}
const skipped = async (id: number, query = '') =>
  (await api.get(`/v1/migrations/${id}/skipped${query}`)).body;

test('a run tells how many each rule has left out, with the first of several, and by page who they are', async () => {
  const id = await start(api);
  await finished(api, id);
  const { counts } = (await api.get(`/v1/migrations/${id}`)).body;
  expect(counts).toMatchObject({ eligible: 1, done: 1, skipped: 6 });
  expect(counts.skippedBy).toEqual({ status: 4, mail_domain: 1, no_portal: 1 });

  expect(await skipped(id)).toEqual({
    at: counts.at,
    reasons: [
      { reason: 'status', message: expect.any(String), count: 4 },
      { reason: 'mail_domain', message: expect.any(String), count: 1 },
      { reason: 'no_portal', message: expect.any(String), count: 1 },
    ],
    ids: null,
    next: null,
  });
  const first = await skipped(id, '?reason=status&limit=3');
  expect(first.ids).toEqual([2, 3, 4]);
  expect((await api.get(first.next)).body).toMatchObject({ ids: [6], next: null });
  expect(await skipped(id, '?reason=mail_domain')).toMatchObject({ ids: [5], next: null });
  expect(await skipped(id, '?reason=login_expired')).toMatchObject({ ids: [], next: null });
});

test('a second run picks up only those who were added since', async () => {
  const before = await counters(world);
  await people([8, 1], [9, 1], [10, 9]);

  const id = await start(api);
  await finished(api, id);

  const { counts } = (await api.get(`/v1/migrations/${id}`)).body;
  expect(counts).toMatchObject({ eligible: 3, done: 3, failed: 0, skipped: 7 });
  expect(counts.skippedBy).toMatchObject({ status: 5 });
  expect(await references(world)).toEqual([1, 8, 9]);
  const after = await counters(world);
  expect([after.users - before.users, after.calls - before.calls]).toEqual([2, 2]);
});

test('a run whose people were not counted yet says so', async () => {
  await world.ownRows(
    "INSERT INTO migrations (installation, operation, selection, selection_hash, state) VALUES ('werk', 'create-admins', '{}', SHA2('{}', 256), 'paused')",
  );
  const [row] = await world.ownRows<{ id: number }>(
    "SELECT id FROM migrations WHERE operation = 'create-admins'",
  );
  expect(await skipped(row?.id ?? 0)).toEqual({ at: null, reasons: [], ids: null, next: null });
});

test('an unknown reason, and a run that is not there, are refused', async () => {
  expect((await api.get('/v1/migrations/1/skipped?reason=hair')).status).toBe(400);
  expect((await api.get('/v1/migrations/4711/skipped')).status).toBe(404);
});
