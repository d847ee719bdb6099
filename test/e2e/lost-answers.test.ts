import { eventually } from '../support/eventually.ts';
import { attemptsOf, expectHealed, startMigrations, untilDone, wantedUsers } from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { controlOf } from '../support/simulator.ts';

const BURSTS = [0.15, 0.35, 0.55];
const BURST = 15;

let fleet: TestFleet;
beforeEach(async () => {
  fleet = await createFleet({ admins: 0, panelists: 200, workers: 3, perMinute: 1_800, windowSeconds: 2 });
});
afterEach(() => fleet?.close());

test('users whose creation was never answered are found again, not created twice', async () => {
  const ids = await startMigrations(fleet);
  const okta = controlOf(fleet.oktaUrl);
  for (const share of BURSTS) {
    expect(await untilDone(fleet, share)).toBeLessThan(wantedUsers(fleet) - BURST);
    const lost = await okta.failCreations(BURST, { kind: 'reset', when: 'after' });
    await eventually('the burst is over', async () => (await lost.fired()) === BURST);
  }

  await expectHealed(fleet, ids);
  // Some of the lost ones were refusals, which are simply repeated.
  const adopted = attemptsOf(fleet).filter(({ outcome }) => outcome === 'adopted');
  expect(adopted.length).toBeGreaterThanOrEqual(30);
}, 200_000);
