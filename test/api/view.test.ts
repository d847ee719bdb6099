import type { App } from '../../src/app.ts';
import { createLook } from '../../src/api/look.ts';
import { viewOf } from '../../src/api/view.ts';
import type { Operation } from '../../src/domain/operations.ts';
import { aMigration } from '../support/factories.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let app: App;
/** The buckets whose state was asked for. */
let asked: string[];
beforeAll(async () => {
  world = await createWorld({ perMinute: 600 });
  app = world.open();
  for (const { queue } of app.queues.subjects.values()) {
    Object.assign(queue, { getWorkersCount: () => Promise.resolve(1) });
  }
  const state = app.limiter.state.bind(app.limiter);
  app.limiter.state = (allowance) => {
    asked.push(allowance.bucket);
    return state(allowance);
  };
});
beforeEach(() => {
  asked = [];
});
afterAll(() => world.close());

const waitOf = async (operation: Operation) => (await viewOf(app, aMigration({ operation }))).wait;

/** As if Okta had answered 429 for the rate. */
async function shut(bucket: string): Promise<void> {
  const turn = await app.limiter.take({ org: 'acme', bucket });
  const nothing = { limit: null, remaining: null, reset: null, resetInMs: null, crowded: false };
  await app.limiter.settle(turn, { ...nothing, closeForMs: 60_000 });
}

test('migrations that share their allowances have each of them asked once', async () => {
  const look = createLook(app);
  const page = [aMigration(), aMigration({ operation: 'create-admins' }), aMigration()];
  const waits = await Promise.all(page.map(async (each) => (await viewOf(app, each, look)).wait));
  expect(waits).toEqual(Array(3).fill({ code: 'pace', message: '600 calls a minute, as configured' }));
  expect(asked.toSorted()).toEqual(['api', 'groups', 'user-read', 'users']);
});

test('a bucket that is shut is told of the migrations whose calls need it, and of no others', async () => {
  await shut('user-read');
  const reads = { code: 'okta_429', message: expect.stringMatching(/^user-read: shut for .*: Okta 429$/) };
  expect(await waitOf('create-panelists')).toEqual(reads);
  expect(await waitOf('activate-panelists')).toEqual(reads);
  expect((await waitOf('update-portals'))?.code).toBe('pace');
  await shut('apps');
  expect((await waitOf('update-portals'))?.message).toMatch(/^apps: shut/);
  expect((await waitOf('register-portals'))?.message).toMatch(/^shut/);
});

test('fewer jobs at once are told of the migrations that are in that queue', async () => {
  const { queue } = app.queues.subjects.get('acme.app') ?? {};
  await queue?.setGlobalConcurrency(2);
  await app.redis.del(`${world.prefix}:{allowance:acme:apps}`);
  expect(await waitOf('update-portals')).toEqual({
    code: 'okta_crowded',
    message: '600 calls a minute, as configured; 2 of 40 jobs at once: Okta has refused more',
  });
  expect((await waitOf('register-portals'))?.code).toBe('pace');
});
