import { eventually } from '../support/eventually.ts';
import {
  attemptsOf,
  doneSoFar,
  expectHealed,
  startMigrations,
  unreferenced,
  untilDone,
  wantedUsers,
} from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { controlOf } from '../support/simulator.ts';

const HELD_MS = 4_000;

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
    const victim = fleet.processes.find((each) => each.name.startsWith('worker') && !each.hasEnded());
    victim?.child.kill('SIGKILL');
    expect(await victim?.ended).toBe('SIGKILL');
    killed.push(victim?.name ?? '');
    fleet.addWorker();
  };

  const inHand: Set<number>[] = [];
  for (const share of [0.1, 0.25]) {
    await untilDone(fleet, share);
    const held = await okta.failCreations(40, { kind: 'latency', ms: HELD_MS });
    await eventually('Okta holds 40 answers', async () => (await held.fired()) === 40);
    inHand.push((await unreferenced(fleet)).difference(inHand[0] ?? new Set()));
    await killOne();
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
  expect(Math.max(...waitedMs)).toBeLessThan(20_000);
}, 240_000);
