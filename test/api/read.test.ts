import { findMigration } from '../../src/db/migrations.ts';
import { countPeople } from '../../src/producers/count.ts';
import { type Api, createWorld, type World } from '../support/world.ts';

let world: World;
let api: Api;

beforeAll(async () => {
  world = await createWorld();
  await world.rows(world.efs.admin, [
    [1, 2, 3, 4, 5].map((id) => [id, `admin-${id}@example.com`, 'Ad', 'Min', null]),
  ]);
  api = await world.api();
});
afterAll(() => world.close());
afterEach(() => world.ownRows('DELETE FROM migrations'));

const start = async (id: number): Promise<number> => {
  const wanted = { installation: 'werk', operation: 'create-admins', selection: { ids: [id] } };
  return (await api.post(wanted)).body.id;
};

/** Follows `next` to the end; the pages. */
async function pagesFrom<T>(url: string, items: string): Promise<T[][]> {
  const pages: T[][] = [];
  for (let next: string | null = url; next !== null; ) {
    const { body } = await api.get(next);
    pages.push(body[items]);
    next = body.next;
  }
  return pages;
}

test('migrations are listed the newest first, page by page to the end', async () => {
  const ids: number[] = [];
  for (const id of [1, 2, 3, 4]) ids.unshift(await start(id));
  const pages = await pagesFrom<{ id: number }>('/v1/migrations?limit=2', 'migrations');
  expect(pages.map((page) => page.map(({ id }) => id))).toEqual([ids.slice(0, 2), ids.slice(2)]);
});

test('a list without migrations is one empty page', async () => {
  expect((await api.get('/v1/migrations')).body).toEqual({ migrations: [], next: null });
});

test('a migration is shown with its counts, their time, and why it waits', async () => {
  const id = await start(1);
  const { status, body } = await api.get(`/v1/migrations/${id}`);
  expect(status).toBe(200);
  expect(body).toEqual({
    id,
    installation: 'werk',
    operation: 'create-admins',
    heldCause: null,
    selection: { ids: [1] },
    options: {},
    state: 'running',
    createdAt: expect.any(String),
    createdBy: 'tests',
    finishedAt: null,
    counts: {
      eligible: 1,
      done: 0,
      failed: 0,
      remaining: 1,
      skipped: 0,
      skippedBy: {},
      at: expect.any(String),
    },
    ratePerMinute: null,
    etaSeconds: null,
    wait: { code: 'no_worker', message: expect.stringContaining('portage worker') },
  });
  expect(Date.now() - Date.parse(body.counts.at)).toBeLessThan(60_000);
});

test('a list shows each migration as it is shown alone', async () => {
  const id = await start(1);
  const shown = await api.get(`/v1/migrations/${id}`);
  expect((await api.get('/v1/migrations')).body.migrations).toEqual([shown.body]);
});

test('a finished migration waits for nothing', async () => {
  const id = await start(1);
  await world.ownRows("UPDATE migrations SET state = 'finished', finished_at = NOW() WHERE id = ?", [id]);
  const { body } = await api.get(`/v1/migrations/${id}`);
  expect(body).toMatchObject({
    state: 'finished',
    finishedAt: expect.any(String),
    wait: null,
    etaSeconds: null,
  });
});

test('a count that ends when its migration has finished leaves what that has come to', async () => {
  const id = await start(1);
  const app = world.open();
  const running = await findMigration(app.db, id);
  if (!running) throw new Error('no such migration');
  await world.ownRows(
    "UPDATE migrations SET state = 'finished', finished_at = NOW(), done = eligible WHERE id = ?",
    [id],
  );
  expect(await countPeople(app, running)).toMatchObject({ eligible: 1, done: 0 });
  expect((await api.get(`/v1/migrations/${id}`)).body.counts).toMatchObject({ eligible: 1, done: 1 });
});

test('a held migration says why', async () => {
  const id = await start(1);
  await world.ownRows(
    "UPDATE migrations SET state = 'held', held_reason = 'too many failures' WHERE id = ?",
    [id],
  );
  expect((await api.get(`/v1/migrations/${id}`)).body.wait).toEqual({
    code: 'held',
    message: 'too many failures',
  });
});

test('failures are listed by id, page by page to the end', async () => {
  const id = await start(1);
  await world.ownRows('INSERT INTO failures (migration_id, subject_id, code, message) VALUES ?', [
    [5, 3, 9, 1, 7].map((subject) => [id, subject, 'mail_missing', 'Has none.']),
  ]);
  const pages = await pagesFrom<{ subjectId: number }>(`/v1/migrations/${id}/failures?limit=2`, 'failures');
  expect(pages.map((page) => page.map(({ subjectId }) => subjectId))).toEqual([[1, 3], [5, 7], [9]]);
});

test('a failure tells what happened and what Okta said', async () => {
  const id = await start(1);
  await world.ownRows(
    `INSERT INTO failures (migration_id, subject_id, code, message, okta_status, okta_code, okta_text, okta_request_id)
     VALUES (?, 4, 'okta_refused', 'Refused.', 400, 'E0000001', 'login: exists', 'req-1')`,
    [id],
  );
  expect((await api.get(`/v1/migrations/${id}/failures`)).body).toEqual({
    failures: [
      {
        subjectId: 4,
        code: 'okta_refused',
        message: 'Refused.',
        okta: { status: 400, code: 'E0000001', text: 'login: exists', requestId: 'req-1' },
        at: expect.any(String),
      },
    ],
    next: null,
  });
});
