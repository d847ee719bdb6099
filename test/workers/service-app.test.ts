import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { createServiceApp } from '../support/service-app.ts';
import { createWorld, type World } from '../support/world.ts';
import { addPanelists, failures, finished, range, references, start } from './support.ts';

/** Of calls that are under way when a credential is refused. */
const [WORKERS, CONCURRENCY, MOST_PROBES] = [3, 50, 20];

let world: World;
afterEach(() => world.close());

test('a token that lives shortly and a key that is revoked for a while fail nobody', async () => {
  const dpop = true;
  const app = await createServiceApp(dpop);
  // 12 s of calls, in which a token is replaced every 4 s.
  world = await createWorld({ perMinute: 1_500, windowSeconds: 2, okta: { tokenLifeMs: 4_800 } });
  const { clientId, privateKey, encryptionKey } = app.config;
  Object.assign(world.env, { OKTA_KEY: privateKey, ENCRYPTION_KEY: encryptionKey });
  Object.assign(world.file.orgs.acme, {
    probeSeconds: 1,
    credentials: {
      oauth: { clientId, privateKey: { env: 'OKTA_KEY' }, encryptionKey: { env: 'ENCRYPTION_KEY' }, dpop },
    },
  });
  await world.okta.control('POST', 'service-apps', app.registration);
  await addPanelists(world, range(300));
  const stranger = await createServiceApp(dpop);
  const api = await world.api();
  for (let n = 0; n < WORKERS; n += 1) world.closeLater(startWorker(world.open()));
  const id = await start(api);
  const show = async () => (await api.get(`/v1/migrations/${id}`)).body;

  await eventually('a third is done', async () => (await references(world)).length > 100);
  await world.okta.control('POST', 'service-apps', stranger.registration);
  const held = await eventually('it is held', async () => {
    const migration = await show();
    return migration.state === 'held' && migration;
  });
  expect(held.heldCause).toBe('credentials');
  expect((await references(world)).length).toBeLessThan(300);
  await world.okta.control('POST', 'service-apps', app.registration);

  await finished(api, id);
  expect([(await references(world)).length, await failures(api, id)]).toEqual([300, []]);
  const { statuses } = await world.okta.control<{ statuses: Record<string, number> }>('GET', 'counters');
  expect(statuses['401']).toBeGreaterThan(0);
  expect(statuses['401']).toBeLessThanOrEqual(WORKERS * CONCURRENCY + MOST_PROBES);
});
