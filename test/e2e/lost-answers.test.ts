import { attemptsOf, expectHealed, startMigrations, wantedUsers } from '../support/fault-run.ts';
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
  const okta = controlOf(fleet.oktaUrl);
  const bursts = BURSTS.map((share) => {
    const skip = Math.round(share * wantedUsers(fleet));
    const fault = { kind: 'reset', when: 'after' } as const;
    return okta.fail({ method: 'POST', path: '/api/v1/users', skip, times: BURST, fault });
  });
  const lost = await Promise.all(bursts);

  await expectHealed(fleet, await startMigrations(fleet));
  expect(await Promise.all(lost.map((each) => each.fired()))).toEqual(BURSTS.map(() => BURST));
  // Some of the lost ones were refusals, which are simply repeated.
  const adopted = attemptsOf(fleet).filter(({ outcome }) => outcome === 'adopted');
  expect(adopted.length).toBeGreaterThanOrEqual(30);
}, 200_000);
