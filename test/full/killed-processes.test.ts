import { eventually } from '../support/eventually.ts';
import {
  attemptsOf,
  doneSoFar,
  expectAgreement,
  killWorker,
  replaceApi,
  replaceWorker,
  say,
  startMigrations,
  unreferenced,
  untilDone,
  wantedUsers,
} from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { controlOf } from '../support/simulator.ts';

const KILLS = 22;
/** Which of the kills happen while Okta holds answers, and how many answers it holds. */
const HELD_AT = [1, 5, 9, 13, 17, 20];
/** Fewer than Okta takes at once from one token. */
const HELD = 30;
const API_KILLS_AT = [6, 15];
/** A lock lapses and the next look finds the job: what Portage promises. */
const RUNS_AGAIN_WITHIN_MS = 20_000;

let fleet: TestFleet;
beforeEach(async () => {
  const pace = { perMinute: 3_600, windowSeconds: 2, latencyMs: 200 };
  fleet = await createFleet({
    admins: 0,
    panelists: 2_000,
    onlinePortals: [1, 2, 3],
    workers: 3,
    ...pace,
  });
}, 60_000);
afterEach(() => fleet?.close());

test('22 killed workers, six with users in hand whom Okta had created, and two killed APIs cost nobody', async () => {
  const portals = [...fleet.people.panelists].flatMap((panelist) => panelist.portals);
  expect(new Set(portals)).toEqual(new Set([1, 2, 3]));
  const ids = await startMigrations(fleet);
  const okta = controlOf(fleet.oktaUrl);
  const killed: string[] = [];
  const inHand: Set<number>[] = [];
  let lastKillAt = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const done = await untilDone(fleet, (kill + 1) / (KILLS + 3), 60_000);
    expect(done).toBeLessThan(wantedUsers(fleet));
    if (HELD_AT.includes(kill)) {
      const held = await okta.failCreations(HELD, { kind: 'hold' });
      await eventually(`Okta holds ${HELD} answers`, async () => (await held.fired()) === HELD);
      const created = await unreferenced(fleet);
      inHand.push(created.difference(new Set(inHand.flatMap((each) => [...each]))));
      const { name, runsAgain } = await killWorker(fleet);
      killed.push(name);
      await okta.clearFaults();
      await runsAgain();
      say(
        `${done} done: ${killed.at(-1)} killed, while ${created.size} users were in Okta and not referenced`,
      );
    } else {
      killed.push(await replaceWorker(fleet));
    }
    lastKillAt = Date.now();
    if (API_KILLS_AT.includes(kill)) killed.push(await replaceApi(fleet));
  }
  expect(await doneSoFar(fleet)).toBeLessThan(wantedUsers(fleet));

  await expectAgreement(fleet, ids, { killed, withinMs: 120_000 });
  expect(killed.filter((name) => name.startsWith('worker'))).toHaveLength(KILLS);
  expect(killed.filter((name) => name.startsWith('api'))).toHaveLength(API_KILLS_AT.length);
  // Only a user whom a dead worker had created is found when another tries.
  const adopted = attemptsOf(fleet).filter(({ outcome }) => outcome === 'adopted');
  const found = inHand.map((people) => adopted.filter(({ subjectId }) => people.has(subjectId)).length);
  expect(found.filter((count) => count > 0)).toHaveLength(HELD_AT.length);
  const waitedMs = Math.max(...adopted.map(({ time, ms }) => time - ms - lastKillAt));
  say(
    `users found again after those kills: ${found.join(', ')}, in all ${adopted.length}; the last job ran again ${waitedMs} ms after the last kill`,
  );
  expect(waitedMs).toBeLessThan(RUNS_AGAIN_WITHIN_MS);
}, 300_000);
