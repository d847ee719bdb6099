import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import {
  doneSoFar,
  expectAgreement,
  say,
  startMigrations,
  untilDone,
  wantedUsers,
} from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { lateCalls } from '../support/late-calls.ts';
import { type PrivateServer, startPrivateRedis } from '../support/private-servers.ts';
import { controlOf } from '../support/simulator.ts';

const PACE = { perMinute: 3_600, windowSeconds: 2 };
const PER_WINDOW = 120;
const AWAY_MS = 20_000;
/** What was under way when Redis went may end. */
const ENDING_MS = 2_000;

let redis: PrivateServer;
let fleet: TestFleet;
beforeEach(async () => {
  redis = await startPrivateRedis();
  const people = { admins: 40, panelists: 2_000, onlinePortals: [1, 2, 3] };
  fleet = await createFleet({ ...people, workers: 3, redisUrl: redis.url, ...PACE, adjust: lateCalls });
}, 60_000);
afterEach(async () => {
  await fleet?.close();
  await redis?.close();
});

test('a Redis that is emptied at a third and at two thirds costs nobody, and no process is restarted', async () => {
  const ids = await startMigrations(fleet);
  const client = new Redis(redis.url);
  for (const share of [1 / 3, 2 / 3]) {
    const done = await untilDone(fleet, share, 60_000);
    const keys = await client.dbsize();
    expect(keys).toBeGreaterThan(100); // jobs, and the turns that were booked
    await client.flushall();
    expect(await doneSoFar(fleet)).toBeLessThan(wantedUsers(fleet));
    say(`${done} of ${wantedUsers(fleet)} done: ${keys} keys flushed`);
  }
  client.disconnect();

  await expectAgreement(fleet, ids, { withinMs: 120_000 });
  await expectPace();
}, 240_000);

test('a Redis that is away for 20 s and comes back empty costs nobody', async () => {
  const ids = await startMigrations(fleet);
  const okta = controlOf(fleet.oktaUrl);
  const done = await untilDone(fleet, 1 / 3, 60_000);
  await redis.kill();
  await sleep(ENDING_MS);
  const before = await okta.calls();
  await sleep(AWAY_MS - ENDING_MS);
  expect(await okta.calls()).toBe(before);
  expect(await doneSoFar(fleet)).toBeLessThan((2 / 3) * wantedUsers(fleet));
  await redis.start();
  const client = new Redis(redis.url);
  const inRedis = await client.info('keyspace');
  client.disconnect();
  say(
    `${done} of ${wantedUsers(fleet)} done: no call for ${(AWAY_MS - ENDING_MS) / 1_000} s; ${inRedis.trim()}`,
  );

  await expectAgreement(fleet, ids, { withinMs: 120_000 });
  await expectPace();
}, 240_000);

/** What Redis has lost includes the turns that were booked. */
async function expectPace(): Promise<void> {
  const { okta } = await fleet.ends();
  expect(okta.throttled).toBe(0);
  expect(okta.busiestMinute).toBeLessThanOrEqual(PER_WINDOW);
}
