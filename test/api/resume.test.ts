import { type Api, createWorld, type World } from '../support/world.ts';
import { postTo } from './support.ts';

let world: World;
let api: Api;

beforeAll(async () => {
  world = await createWorld();
  api = await world.api();
});
afterAll(() => world.close());
afterEach(() => world.ownRows('DELETE FROM migrations'));

async function start(state: string): Promise<number> {
  const { body } = await api.post({ installation: 'werk', operation: 'create-panelists' });
  await world.ownRows(
    `UPDATE migrations SET state = ?, held_reason = IF(state = 'held', 'a reason', NULL),
            finished_at = IF(state = 'finished', NOW(), NULL)`,
    [state],
  );
  return body.id;
}
const resume = (id: number, payload?: object) => postTo(api, `/v1/migrations/${id}/resume`, payload);

test.each(['held', 'paused', 'running'])('a %s migration runs afterwards, as GET shows it', async (state) => {
  const id = await start(state);
  const { status, body } = await resume(id);
  expect([status, body.state, body.wait.code]).toEqual([200, 'running', 'no_worker']);
  expect((await api.get(`/v1/migrations/${id}`)).body).toEqual(body);
});

test('the fleet is woken', async () => {
  const id = await start('held');
  const { reconcile } = world.open().queues;
  await reconcile.drain();
  await resume(id);
  expect(await reconcile.getJobCountByTypes('waiting')).toBe(1);
});

test('a finished migration is a conflict and stays finished', async () => {
  const id = await start('finished');
  const { status, headers, body } = await resume(id);
  expect([status, body.code]).toEqual([409, 'migration_finished']);
  expect(headers['content-type']).toMatch('application/problem+json');
  expect((await api.get(`/v1/migrations/${id}`)).body.state).toBe('finished');
});

test('a migration that is not there is not found', async () => {
  const { status, body } = await resume(999_999);
  expect([status, body.code]).toEqual([404, 'migration_not_found']);
});

test('an address without a number is refused', async () => {
  const { status, body } = await postTo(api, '/v1/migrations/seven/resume');
  expect([status, body.errors[0].path]).toEqual([400, '/params/id']);
});
