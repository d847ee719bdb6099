import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { type Api, AUTHORIZED, createWorld, type World } from '../support/world.ts';
import { addPanelists, befall, start } from '../workers/support.ts';

const PEOPLE = Array.from({ length: 60 }, (_, i) => i + 1);

let world: World;
let api: Api;
let id: number;

/** A migration of minutes, with a token that Okta allows half of the bucket. */
beforeAll(async () => {
  world = await createWorld({ perMinute: 60, tokenSharePercent: 50 });
  await addPanelists(world, PEOPLE);
  api = await world.api();
  world.closeLater(startWorker(world.open()));
  id = await start(api);
});
afterAll(() => world.close());

const waitsFor = (code: string) =>
  eventually<{ code: string; message: string }>(`it waits for ${code}`, async () => {
    const { wait } = (await api.get(`/v1/migrations/${id}`)).body;
    return wait.code === code && wait;
  });

test('a migration says that Okta allows its token less than is configured', async () => {
  expect((await waitsFor('okta_ceiling')).message).toBe('30 calls a minute: Okta allows this token no more');
});

test('it says what is kept free, as soon as that is set', async () => {
  const change = { url: '/v1/allowances/acme/users', headers: AUTHORIZED, payload: { keepFree: '75%' } };
  await api.fastify.inject({ method: 'PATCH', ...change });
  expect((await waitsFor('keep_free')).message).toBe('15 calls a minute: 45 are kept free for others');
});

test('it says that Okta has answered 429, and for how long it is shut', async () => {
  await befall(world, 1, { kind: 'status', status: 429 });
  expect((await waitsFor('okta_429')).message).toMatch(/^shut for \d+ s: Okta 429$|^shut for 1 min/);
});
