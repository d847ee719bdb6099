import { startWorker } from '../../src/workers/worker.ts';
import { type Api, createWorld, type World } from '../support/world.ts';
import { addPanelists, counters, failures, finished, mailOf, references, start } from '../workers/support.ts';
import { postTo } from './support.ts';

let world: World;
let api: Api;
beforeAll(async () => {
  world = await createWorld();
  api = await world.api();
});
afterEach(() => world.ownRows('DELETE FROM migrations'));
afterAll(() => world.close());

const retry = (id: number, payload: object = {}) => postTo(api, `/v1/migrations/${id}/retry`, payload);
const shown = async (id: number) => (await api.get(`/v1/migrations/${id}`)).body;
const setState = (id: number, state: string) =>
  world.ownRows(
    `UPDATE migrations SET state = ?, held_reason = IF(state = 'held', 'a reason', NULL),
            finished_at = IF(state = 'finished', NOW(), NULL) WHERE id = ?`,
    [state, id],
  );
const codes = async (id: number) => (await failures(api, id)).map(([subjectId, code]) => [subjectId, code]);

/** A migration of which 1 and 3 have no mail address, and Okta has refused 2. */
async function failedOne(state: string, selection: object = {}): Promise<number> {
  const { body } = await api.post({ installation: 'werk', operation: 'create-panelists', selection });
  await world.ownRows('INSERT INTO failures (migration_id, subject_id, code, message) VALUES ?', [
    [
      [body.id, 1, 'mail_missing', 'Has none.'],
      [body.id, 2, 'okta_refused', 'Refused.'],
      [body.id, 3, 'mail_missing', 'Has none.'],
    ],
  ]);
  await setState(body.id, state);
  return body.id;
}

describe('with a worker', () => {
  let alone: World;
  let its: Api;
  beforeEach(async () => {
    alone = await createWorld();
    its = await alone.api();
    alone.closeLater(startWorker(alone.open()));
  });
  afterEach(() => alone.close());

  test('who is corrected in EFS is migrated by the finished migration, and nobody gets a second user', async () => {
    await addPanelists(alone, [1, 2, 3]);
    await alone.rows("UPDATE teilnehmer SET post = '' WHERE nr = 2");
    const id = await start(its);
    await finished(its, id);
    expect([await references(alone), await failures(its, id)]).toEqual([[1, 3], [[2, 'mail_missing', null]]]);

    await alone.rows('UPDATE teilnehmer SET post = ? WHERE nr = 2', [mailOf(2)]);
    const { status, body } = await postTo(its, `/v1/migrations/${id}/retry`, {});
    expect([status, body.qualified, body.migration.id]).toEqual([200, 1, id]);
    await finished(its, id);
    expect([await references(alone), await failures(its, id)]).toEqual([[1, 2, 3], []]);
    expect(await counters(alone)).toMatchObject({ users: 3, calls: 3, throttled: 0 });
  });

  test('who is not corrected fails again', async () => {
    await addPanelists(alone, [1]);
    await alone.rows("UPDATE teilnehmer SET post = ''");
    const id = await start(its);
    await finished(its, id);
    await postTo(its, `/v1/migrations/${id}/retry`, {});
    await finished(its, id);
    expect(await failures(its, id)).toEqual([[1, 'mail_missing', null]]);
  });

  test('who has gone meanwhile keeps the migration from nothing: it finishes', async () => {
    await addPanelists(alone, [1]);
    await alone.rows("UPDATE teilnehmer SET post = ''");
    const id = await start(its);
    await finished(its, id);
    await alone.rows('DELETE FROM teilnehmer');
    expect((await postTo(its, `/v1/migrations/${id}/retry`, {})).body.qualified).toBe(1);
    await finished(its, id);
    expect(await failures(its, id)).toEqual([]);
  });
});

test('without a wish all failures qualify', async () => {
  const id = await failedOne('running');
  expect((await retry(id)).body.qualified).toBe(3);
  expect(await codes(id)).toEqual([]);
});

test('a code leaves other codes alone', async () => {
  const id = await failedOne('running');
  expect((await retry(id, { code: 'mail_missing' })).body.qualified).toBe(2);
  expect(await codes(id)).toEqual([[2, 'okta_refused']]);
});

test('ids leave other people alone', async () => {
  const id = await failedOne('running');
  expect((await retry(id, { ids: [2, 3, 4] })).body.qualified).toBe(2);
  expect(await codes(id)).toEqual([[1, 'mail_missing']]);
});

test('of a code and ids both must be true', async () => {
  const id = await failedOne('running');
  expect((await retry(id, { code: 'mail_missing', ids: [2, 3] })).body.qualified).toBe(1);
  expect(await codes(id)).toEqual([
    [1, 'mail_missing'],
    [2, 'okta_refused'],
  ]);
});

test("another migration's failures stay", async () => {
  const other = await failedOne('finished');
  const id = await failedOne('running');
  await retry(id);
  expect(await codes(other)).toHaveLength(3);
});

test('a finished migration runs again, as GET shows it', async () => {
  const id = await failedOne('finished');
  const { body } = await retry(id);
  expect(body.migration).toMatchObject({ id, state: 'running', finishedAt: null });
  expect(await shown(id)).toEqual(body.migration);
});

test.each(['running', 'held', 'paused'])('a %s migration stays so and looks again', async (state) => {
  const id = await failedOne(state);
  const { body } = await retry(id);
  expect([body.qualified, body.migration.state]).toEqual([3, state]);
  expect(await world.ownRows('SELECT pass, after_id FROM migrations')).toEqual([{ pass: 2, after_id: 0 }]);
});

test.each(['finished', 'running'])('when nothing qualifies, nothing changes: %s', async (state) => {
  const id = await failedOne(state);
  const before = await world.ownRows('SELECT * FROM migrations');
  const { status, body } = await retry(id, { code: 'login_taken' });
  expect([status, body.qualified, body.migration.state]).toEqual([200, 0, state]);
  expect(await world.ownRows('SELECT * FROM migrations')).toEqual(before);
  expect(await codes(id)).toHaveLength(3);
});

test('a finished one is not opened beside an unfinished one that may be about the same people', async () => {
  const id = await failedOne('finished', { ids: [1, 2, 3] });
  const { body: other } = await api.post({
    installation: 'werk',
    operation: 'create-panelists',
    selection: { ids: [3] },
  });
  const { status, headers, body } = await retry(id);
  expect([status, body.code, body.migration]).toEqual([409, 'migration_overlaps', other.id]);
  expect(headers['content-type']).toMatch('application/problem+json');
  expect([(await shown(id)).state, (await codes(id)).length]).toEqual(['finished', 3]);
});

test.each([
  ['other people', { operation: 'create-panelists', selection: { ids: [4] } }],
  ['another operation', { operation: 'create-admins' }],
])('a finished one is opened beside one of %s', async (_, other) => {
  const id = await failedOne('finished', { ids: [1, 2, 3] });
  await api.post({ installation: 'werk', ...other });
  expect((await retry(id)).body.migration.state).toBe('running');
});

describe('of mails', () => {
  const OPTIONS = { confirm: ['module-inactive'] };
  const refer = (ids: number[]) =>
    world.rows('INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid) VALUES ?', [
      ids.map((id) => [1, id, `00u${String(id).padStart(17, '0')}`]),
    ]);
  beforeAll(() => addPanelists(world, [1, 2, 3]));

  test('a finished migration is opened for who failed, but not where others would be mailed, too', async () => {
    await refer([1, 2]);
    const wanted = { installation: 'werk', operation: 'activate-panelists', options: OPTIONS };
    const { id } = (await api.post(wanted)).body;
    await world.ownRows('INSERT INTO failures (migration_id, subject_id, code, message) VALUES ?', [
      [1, 2].map((person) => [id, person, 'okta_status', 'Deactivated.']),
    ]);
    await setState(id, 'finished');

    await refer([3]);
    const { status, body } = await retry(id, { ids: [1] });
    expect([status, body.code, body.detail]).toEqual([
      409,
      'others_eligible',
      expect.stringMatching(/^1 more/),
    ]);
    expect([(await shown(id)).state, (await codes(id)).length]).toEqual(['finished', 2]);

    await world.rows('DELETE FROM iam_portal_user_reference WHERE user_id = 3');
    expect((await retry(id, { ids: [1] })).body).toMatchObject({
      qualified: 1,
      migration: { state: 'running' },
    });
  });
});

test('of two with the same people, retried at the same instant, one is opened', async () => {
  const ids = [await failedOne('finished'), await failedOne('finished')];
  const answers = await Promise.all(ids.map((id) => retry(id)));
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
  const states = await Promise.all(ids.map(async (id): Promise<string> => (await shown(id)).state));
  expect(states.sort()).toEqual(['finished', 'running']);
});

test('retried twenty times at the same instant, everybody qualifies once', async () => {
  const id = await failedOne('finished');
  const answers = await Promise.all(Array.from({ length: 20 }, () => retry(id)));
  expect(answers.map(({ body }) => body.qualified).sort((a, b) => b - a)).toEqual([3, ...Array(19).fill(0)]);
  expect(await world.ownRows('SELECT pass FROM migrations')).toEqual([{ pass: 2 }]);
});

test('starts and retries at the same instant are all answered', async () => {
  const id = await failedOne('running');
  const wanted = { installation: 'werk', operation: 'create-panelists' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => [
      retry(id),
      api.post(wanted, { 'idempotency-key': `storm-${i}` }),
    ]).flat(),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});

test('those who were retried are no longer counted as failed', async () => {
  const id = await failedOne('finished');
  await world.ownRows(
    'UPDATE migrations SET eligible = 5, done = 2, failed = 3, skipped = 0, counted_at = NOW(), count_ms = 1',
  );
  const { migration } = (await retry(id, { code: 'mail_missing' })).body;
  expect(migration.counts).toMatchObject({ failed: 1, remaining: 2 });
});

test('the fleet is woken', async () => {
  const id = await failedOne('finished');
  const { reconcile } = world.open().queues;
  await reconcile.drain();
  await retry(id);
  expect(await reconcile.getJobCountByTypes('waiting')).toBe(1);
});

test('a migration that is not there is not found', async () => {
  const { status, body } = await retry(999_999);
  expect([status, body.code]).toEqual([404, 'migration_not_found']);
});

test('every fault is named', async () => {
  const { status, body } = await postTo(api, '/v1/migrations/seven/retry?now=1', {
    code: 'Größe',
    ids: [0],
    all: true,
  });
  expect(status).toBe(400);
  expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
    '/body/all',
    '/body/code',
    '/body/ids/0',
    '/params/id',
    '/query/now',
  ]);
});

test('ten thousand ids are read and no more', async () => {
  const id = await failedOne('running');
  const ids = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
  expect((await retry(id, { ids: ids(10_001) })).status).toBe(400);
  expect((await retry(id, { ids: ids(10_000) })).body.qualified).toBe(3);
});
