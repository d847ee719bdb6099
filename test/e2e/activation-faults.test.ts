import { Redis } from 'ioredis';
import { expectOneMailEach, inHand, mails, noted, startMails, untilMailed } from '../support/activation.ts';
import { eventually } from '../support/eventually.ts';
import { attemptsOf, replaceWorker, startMigrations, wantedUsers } from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { type PrivateServer, startPrivateRedis } from '../support/private-servers.ts';
import { controlOf } from '../support/simulator.ts';

const PEOPLE = 300;
const HELD_MS = 4_000;
const BURST = 15;

let redis: PrivateServer;
let fleet: TestFleet;
beforeEach(async () => {
  redis = await startPrivateRedis();
  fleet = await createFleet({
    admins: 0,
    panelists: 2 * PEOPLE,
    ordinary: true,
    workers: 3,
    perMinute: 3_600,
    readsPerMinute: 7_200,
    windowSeconds: 2,
    redisUrl: redis.url,
  });
}, 60_000);
afterEach(async () => {
  await fleet?.close();
  await redis?.close();
});

test('killed workers, lost answers and an emptied Redis cost nobody the mail, and nobody gets two', async () => {
  const [creation = 0] = await startMigrations(fleet);
  await fleet.finished(creation, 60_000);
  const everybody = wantedUsers(fleet);
  const okta = controlOf(fleet.oktaUrl);
  const activation = await startMails(fleet, 'activate-panelists');

  const dead: Set<number>[] = [];
  const killed: string[] = [];
  for (const share of [0.1, 0.3]) {
    await untilMailed(fleet, share * everybody);
    const order = { method: 'POST', path: '/api/v1/users/', times: 30 };
    const held = await okta.fail({ ...order, fault: { kind: 'latency', ms: HELD_MS } });
    await eventually('Okta holds 30 answers', async () => (await held.fired()) === 30);
    dead.push(await inHand(fleet));
    killed.push(await replaceWorker(fleet));
  }

  await untilMailed(fleet, 0.5 * everybody);
  const order = { method: 'POST', path: '/api/v1/users/', times: BURST };
  const lost = await okta.fail({ ...order, fault: { kind: 'reset', when: 'after' } });
  await eventually('the burst is over', async () => (await lost.fired()) === BURST);

  const client = new Redis(redis.url);
  expect(await client.dbsize()).toBeGreaterThan(0);
  await client.flushall();
  client.disconnect();
  expect((await noted(fleet)).size).toBeLessThan(everybody);

  await fleet.finished(activation, 90_000);
  await expectOneMailEach(fleet);
  const { counts } = await fleet.portage.migration(activation);
  expect(counts).toMatchObject({ eligible: everybody, done: everybody, failed: 0 });
  // Only whom a dead worker had mailed, or whose answer was lost, is found as mailed by another attempt.
  const found = attemptsOf(fleet).filter(({ outcome }) => outcome === 'already-mailed');
  for (const people of dead) {
    expect(found.filter(({ subjectId }) => people.has(subjectId)).length).toBeGreaterThan(0);
  }
  expect(new Set(found.map(({ subjectId }) => subjectId)).size).toBeGreaterThanOrEqual(BURST);
  expect(killed).toHaveLength(2);
  expect(await mails(fleet)).toHaveLength(everybody);
}, 150_000);
