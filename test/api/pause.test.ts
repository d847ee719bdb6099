import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { type Api, createWorld, type World } from '../support/world.ts';
import {
  addPanelists,
  counters,
  finished,
  range,
  references,
  start,
  usersQueue,
} from '../workers/support.ts';
import { postTo } from './support.ts';

let world: World;
let api: Api;
beforeEach(async () => {
  world = await createWorld({ perMinute: 600 }); // slow enough to be paused in time
  api = await world.api();
});
afterEach(() => world.close());

const pause = (id: number) => postTo(api, `/v1/migrations/${id}/pause`);
const shown = async (id: number) => (await api.get(`/v1/migrations/${id}`)).body;

async function inState(state: string): Promise<number> {
  const id = await start(api);
  await world.ownRows(
    `UPDATE migrations SET state = ?, held_cause = IF(state = 'held', 'credentials', NULL),
            held_reason = IF(state = 'held', 'a reason', NULL), probe_at = IF(state = 'held', NOW(), NULL),
            finished_at = IF(state = 'finished', NOW(), NULL)`,
    [state],
  );
  return id;
}

test('a paused migration calls nobody until it is resumed, and then finishes', async () => {
  const people = range(100);
  await addPanelists(world, people);
  const app = world.open();
  world.closeLater(startWorker(app));
  const id = await start(api);
  await eventually('somebody is created', async () => (await references(world)).length > 0, 30_000);

  expect((await pause(id)).body.state).toBe('paused');
  const queue = usersQueue(app);
  const left = () => queue.getJobCountByTypes('active', 'prioritized', 'waiting', 'delayed');
  await eventually('no job is left', async () => (await left()) === 0, 30_000);
  const { calls } = await counters(world);
  const before = await references(world);
  expect([calls, before.length < people.length]).toEqual([before.length, true]);
  expect((await shown(id)).wait.code).toBe('paused');

  await postTo(api, `/v1/migrations/${id}/resume`);
  await finished(api, id);
  expect([await references(world), (await counters(world)).calls]).toEqual([people, people.length]);
}, 120_000);

test.each(['running', 'held', 'paused'])(
  'a %s migration is paused afterwards, as GET shows it',
  async (state) => {
    const id = await inState(state);
    const { status, body } = await pause(id);
    expect([status, body.state, body.heldCause, body.wait.code]).toEqual([200, 'paused', null, 'paused']);
    expect(await shown(id)).toEqual(body);
  },
);

test('a held migration that is paused is no longer probed', async () => {
  const id = await inState('held');
  await pause(id);
  expect(await world.ownRows('SELECT held_reason, probe_at FROM migrations WHERE id = ?', [id])).toEqual([
    { held_reason: null, probe_at: null },
  ]);
});

test('a finished migration is a conflict and stays finished', async () => {
  const id = await inState('finished');
  const { status, body } = await pause(id);
  expect([status, body.code, (await shown(id)).state]).toEqual([409, 'migration_finished', 'finished']);
});

test('a migration that is not there is not found', async () => {
  const { status, body } = await pause(999_999);
  expect([status, body.code]).toEqual([404, 'migration_not_found']);
});
