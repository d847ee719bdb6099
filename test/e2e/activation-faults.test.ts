import { Redis } from 'ioredis';
import { asked, expectOneMailEach, inHand, mails, rowsOf, startMails } from '../support/activation.ts';
import { eventually } from '../support/eventually.ts';
import { attemptsOf, killWorker, startMigrations, wantedUsers } from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { type PrivateServer, startPrivateRedis } from '../support/private-servers.ts';
import { controlOf } from '../support/simulator.ts';

const PEOPLE = 300;
/** More than a fleet has under way at once: while Okta holds them, nobody else is mailed. */
const ALL = 1_000;
/** What is left of that when a worker is dead, and its jobs wait for their locks to lapse. */
const HELD = 20;
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
});
afterEach(async () => {
  await fleet?.close();
  await redis?.close();
});

/** Two workers are killed while Okta holds answers, then answers are lost, then Redis is emptied; by mails since. */
async function disturb(sent: () => Promise<number>): Promise<{ dead: Set<number>[]; killed: string[] }> {
  const everybody = wantedUsers(fleet);
  const okta = controlOf(fleet.oktaUrl);
  const until = (share: number) =>
    eventually(`${share} of the mails are out`, async () => (await sent()) >= share * everybody, 60_000);
  const order = { method: 'POST', path: '/api/v1/users/' };
  const hold = () => okta.fail({ ...order, times: ALL, fault: { kind: 'hold' } });
  const before = Map.groupBy(await mails(fleet), ({ userId }) => userId);
  /** Okta holds answers, and has had the call of everybody who was noted for one. */
  const standsStill = async () => {
    const noted = await asked(fleet);
    const byUser = Map.groupBy(await mails(fleet), ({ userId }) => userId);
    const isMailed = (id: string) => (byUser.get(id)?.length ?? 0) > (before.get(id)?.length ?? 0);
    return noted.length >= HELD && noted.every(isMailed);
  };

  const dead: Set<number>[] = [];
  const killed: string[] = [];
  for (const share of [0.1, 0.3]) {
    await until(share);
    await hold();
    await eventually('Okta holds answers', standsStill);
    dead.push((await inHand(fleet)).difference(dead[0] ?? new Set()));
    killed.push((await killWorker(fleet)).name); // no time for the next one to start: the run would be over
    await okta.clearFaults();
  }

  await until(0.5);
  const lost = await okta.fail({ ...order, times: BURST, fault: { kind: 'reset', when: 'after' } });
  const held = await hold();
  await eventually('the burst is over', async () => (await lost.fired()) === BURST);
  await eventually('Okta holds answers again', async () => (await held.fired()) > 0);

  const client = new Redis(redis.url);
  expect(await client.dbsize()).toBeGreaterThan(0);
  await client.flushall();
  client.disconnect();
  expect(await sent()).toBeLessThan(everybody);
  await okta.clearFaults();
  expect(killed).toHaveLength(2);
  return { dead, killed };
}

async function expectAllDone(id: number): Promise<void> {
  const everybody = wantedUsers(fleet);
  await fleet.finished(id, 120_000);
  const { counts } = await fleet.portage.migration(id);
  expect(counts).toMatchObject({ eligible: everybody, done: everybody, failed: 0 });
}

/** Who was found as mailed by another attempt than the one that mailed. */
const found = () =>
  new Set(
    attemptsOf(fleet).flatMap(({ outcome, subjectId }) => (outcome === 'already-mailed' ? [subjectId] : [])),
  );

test('killed workers, lost answers and an emptied Redis cost nobody the mail, and nobody gets two', async () => {
  const [creation = 0] = await startMigrations(fleet);
  await fleet.finished(creation, 120_000);
  const activation = await startMails(fleet, 'activate-panelists');
  const { dead } = await disturb(async () => (await mails(fleet)).length);

  await expectAllDone(activation);
  await expectOneMailEach(fleet);
  for (const people of dead) expect(people.intersection(found()).size).toBeGreaterThan(0);
  expect(found().size).toBeGreaterThanOrEqual(BURST);
}, 400_000);

test('mails that are sent again under the same faults: nobody gets two of them', async () => {
  const [creation = 0] = await startMigrations(fleet);
  await fleet.finished(creation, 120_000);
  await fleet.finished(await startMails(fleet, 'activate-panelists'), 120_000);
  await expectOneMailEach(fleet);
  await rowsOf(fleet.portageUrl, 'UPDATE activations SET mailed_at = mailed_at - INTERVAL 10 DAY');
  const everybody = wantedUsers(fleet);
  const again = await startMails(fleet, 'resend-to-panelists', { olderThanDays: 9 });
  await disturb(async () => (await mails(fleet)).length - everybody);

  await expectAllDone(again);
  expect(found().size).toBeGreaterThanOrEqual(BURST);
  const byUser = Map.groupBy(await mails(fleet), ({ userId }) => userId);
  expect(Math.max(...[...byUser.values()].map((all) => all.length))).toBe(2);
  // A worker that is killed between note and call has mailed nobody, and nobody is mailed for it.
  expect((await mails(fleet)).length).toBeGreaterThan(2 * everybody - 10);
}, 400_000);
