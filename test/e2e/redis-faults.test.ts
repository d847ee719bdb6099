import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { doneSoFar, expectHealed, startMigrations, untilDone, wantedUsers } from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { lateCalls } from '../support/late-calls.ts';
import { type PrivateServer, startPrivateRedis } from '../support/private-servers.ts';
import { controlOf } from '../support/simulator.ts';

/** 60 calls in 2 s, as 1,800 a minute. */
const PACE = { perMinute: 1_800, windowSeconds: 2 };
const PER_WINDOW = 60;

let redis: PrivateServer;
let fleet: TestFleet;
beforeEach(async () => {
  redis = await startPrivateRedis();
  fleet = await createFleet({
    // as many of both: neither migration may be finished when Redis goes
    admins: 140,
    panelists: 140,
    workers: 3,
    redisUrl: redis.url,
    ...PACE,
    adjust: lateCalls,
  });
});
afterEach(async () => {
  await fleet?.close();
  await redis?.close();
});

test('a Redis that is emptied twice in mid-run costs nobody', async () => {
  const ids = await startMigrations(fleet);
  const client = new Redis(redis.url);
  for (const share of [1 / 3, 2 / 3]) {
    await untilDone(fleet, share);
    expect(await client.dbsize()).toBeGreaterThan(0);
    await client.flushall();
    expect(await doneSoFar(fleet)).toBeLessThan(wantedUsers(fleet));
  }
  client.disconnect();

  await expectHealed(fleet, ids);
  await expectPace();
}, 240_000);

test('while Redis is away nobody calls Okta and the API says why; an empty one is enough to go on', async () => {
  const ids = await startMigrations(fleet);
  const okta = controlOf(fleet.oktaUrl);
  await untilDone(fleet, 1 / 3);
  await redis.kill();
  const awaySinceMs = performance.now();

  await sleep(2_000); // what was under way may end
  const before = await okta.calls();
  const readiness = await fetch(`${fleet.portage.url}/readyz`);
  expect([readiness.status, await readiness.json()]).toEqual([
    503,
    { status: 'unreachable', database: 'ok', redis: 'unreachable' },
  ]);
  for (const id of ids) {
    const { state, wait } = await fleet.portage.migration(id);
    expect([state, wait?.code]).toEqual(['running', 'redis_unreachable']);
  }
  await sleep(5_000 - (performance.now() - awaySinceMs));
  expect(await okta.calls()).toBe(before);
  expect(await doneSoFar(fleet)).toBeLessThan((2 / 3) * wantedUsers(fleet));

  await redis.start();
  await eventually('it goes on', async () => (await okta.calls()) > before, 60_000);
  // Each process tries again by itself to reach it.
  await eventually('the API is ready again', () => fleet.portage.isReady());
  await expectHealed(fleet, ids);
  await expectPace();
}, 240_000);

/** What Redis has lost includes the turns that were booked. */
async function expectPace(): Promise<void> {
  const { okta } = await fleet.ends();
  expect(okta.throttled).toBe(0);
  expect(okta.busiestMinute).toBeLessThanOrEqual(PER_WINDOW);
}
