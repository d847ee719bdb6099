import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { LATE_MS } from '../support/late-calls.ts';
import { createWorld, type World } from '../support/world.ts';
import { addPanelists, failures, finished, range, references, start } from './support.ts';

/** 100 calls in 2 s. */
const PACE = { perMinute: 3_000, windowSeconds: 2 };
const PER_WINDOW = 100;

let world: World;
beforeEach(async () => {
  world = await createWorld(PACE);
  Object.assign(world.file.orgs.acme, { probeSeconds: 1, jitterMs: LATE_MS });
});
afterEach(() => world.close());

test.each([
  ['answers 503', { kind: 'status', status: 503 }],
  ['breaks every connection', { kind: 'reset', when: 'before' }],
])(
  'an Okta that %s holds what calls it; once it is back, that goes on by itself and at its pace',
  async (_, fault) => {
    await addPanelists(world, range(300));
    await world.okta.control('POST', 'faults', { times: 100_000, fault });
    for (let n = 0; n < 3; n += 1) world.closeLater(startWorker(world.open()));
    const api = await world.api();
    const id = await start(api);
    const show = async () => (await api.get(`/v1/migrations/${id}`)).body;

    const held = await eventually('it is held', async () => {
      const migration = await show();
      return migration.state === 'held' && migration;
    });
    expect(held).toMatchObject({ heldCause: 'okta', wait: { code: 'held' } });
    const { calls } = await counters();
    await eventually('Okta is probed', async () => (await counters()).calls.byBucket.group > 0);
    expect((await counters()).calls.byBucket.users - calls.byBucket.users).toBeLessThanOrEqual(3 * 50);
    await world.okta.control('DELETE', 'faults');

    await finished(api, id);
    expect([(await references(world)).length, await failures(api, id)]).toEqual([300, []]);
    const { busiestWindow, throttled } = await counters();
    expect([busiestWindow.users <= PER_WINDOW, throttled.total]).toEqual([true, 0]);
  },
);

const counters = () =>
  world.okta.control<{
    calls: { byBucket: Record<'users' | 'group', number> };
    busiestWindow: { users: number };
    throttled: { total: number };
  }>('GET', 'counters');
