import { eventually } from '../support/eventually.ts';
import {
  attemptsOf,
  doneSoFar,
  expectHealed,
  killWorker,
  startMigrations,
  unreferenced,
  untilDone,
  wantedUsers,
} from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { controlOf } from '../support/simulator.ts';

/** Of the 40 that a fleet has under way at once: some may be a dead worker's, whose locks have to lapse. */
const HELD = 20;

let fleet: TestFleet;
beforeEach(async () => {
  const pace = { perMinute: 1_800, windowSeconds: 2, latencyMs: 200 };
  fleet = await createFleet({ admins: 0, panelists: 300, workers: 3, ...pace });
});
afterEach(() => fleet?.close());

test('six killed workers, two with users in hand whom Okta had created, cost nobody', async () => {
  const ids = await startMigrations(fleet);
  const okta = controlOf(fleet.oktaUrl);
  const killed: string[] = [];
  const killOne = async () => {
    killed.push((await killWorker(fleet)).name);
  };

  const inHand: Set<number>[] = [];
  for (const share of [0.1, 0.25]) {
    await untilDone(fleet, share);
    const held = await okta.failCreations(1_000, { kind: 'hold' });
    await eventually('Okta holds answers', async () => (await held.fired()) >= HELD);
    inHand.push((await unreferenced(fleet)).difference(inHand[0] ?? new Set()));
    await killOne();
    await okta.clearFaults();
  }
  for (const share of [0.4, 0.5, 0.6, 0.7]) {
    await untilDone(fleet, share);
    await killOne();
  }
  const lastKillAt = Date.now();
  expect(await doneSoFar(fleet)).toBeLessThan(wantedUsers(fleet));

  await expectHealed(fleet, ids, killed);
  expect(killed).toHaveLength(6);
  // Only a user whom a dead worker had created is found when another tries.
  const adopted = attemptsOf(fleet).filter(({ outcome }) => outcome === 'adopted');
  for (const people of inHand) {
    expect(adopted.filter(({ subjectId }) => people.has(subjectId)).length).toBeGreaterThan(0);
  }
  // The same job can be killed more than once; behind the last kill each waits for one lock.
  const waitedMs = adopted.map(({ time, ms }) => time - ms - lastKillAt);
  expect(Math.max(...waitedMs)).toBeLessThan(26_000); // a second one would end after 28 s at the earliest
}, 240_000);
