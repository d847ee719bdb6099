import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { type Api, createWorld, type World } from '../support/world.ts';
import { addPanelists, errorLog, failures, finished, range, references, start } from './support.ts';

let world: World;
let api: Api;
beforeEach(async () => {
  world = await createWorld();
  Object.assign(world.file.orgs.acme, { probeSeconds: 1 });
  api = await world.api();
});
afterEach(() => world.close());

const show = async (id: number) => (await api.get(`/v1/migrations/${id}`)).body;
const held = (id: number) =>
  eventually('it is held', async () => (await show(id)).state === 'held' && show(id));

test('a refused token holds the migration and fails nobody, and it goes on by itself once Okta takes it', async () => {
  await addPanelists(world, range(200));
  await world.okta.control('POST', 'faults', { times: 10_000, fault: { kind: 'status', status: 401 } });
  world.closeLater(startWorker(world.open()));
  const id = await start(api);

  const { wait } = await held(id);
  expect(wait).toMatchObject({ code: 'held', message: expect.stringContaining('401 E0000011') });
  expect((await errorLog(world)).length).toBeLessThanOrEqual(52); // as many calls as one worker has under way
  await world.okta.control('DELETE', 'faults');

  await finished(api, id);
  expect([(await references(world)).length, await failures(api, id)]).toEqual([200, []]);
});

test('a group that Okta does not have holds the migration, and is not probed', async () => {
  await addPanelists(world, range(60));
  const { groupId } = world;
  Object.assign(world.file.installations.werk, { groupId: '00gDoesNotExist00000' });
  const worker = startWorker(world.open());
  const id = await start(api);

  const { wait } = await held(id);
  expect(wait.message).toContain('groupId');
  const { probe_at: probeAt } =
    (await world.ownRows<{ probe_at: Date | null }>('SELECT probe_at FROM migrations'))[0] ?? {};
  expect(probeAt).toBeNull();
  await worker.close();
  Object.assign(world.file.installations.werk, { groupId });
  world.closeLater(startWorker(world.open()));
  await world.ownRows("UPDATE migrations SET state = 'running', held_reason = NULL WHERE id = ?", [id]);

  await finished(api, id);
  expect([(await references(world)).length, await failures(api, id)]).toEqual([60, []]);
});
