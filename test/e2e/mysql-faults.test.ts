import { eventually } from '../support/eventually.ts';
import { attemptsOf, doneSoFar, expectHealed, startMigrations, wantedUsers } from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { type PrivateMysql, startPrivateMysql } from '../support/private-servers.ts';
import { controlOf } from '../support/simulator.ts';

/** Of the 40 that a fleet has under way at once. */
const HELD = 30;

let mysql: PrivateMysql;
let fleet: TestFleet;
beforeEach(async () => {
  mysql = await startPrivateMysql();
  fleet = await createFleet({
    admins: 0,
    panelists: 240,
    workers: 3,
    perMinute: 1_800,
    windowSeconds: 2,
    createDatabase: mysql.createDatabase,
  });
});
afterEach(async () => {
  await fleet?.close();
  await mysql?.close();
});

test('a MySQL that is killed in mid-run and comes back fails nobody', async () => {
  const okta = controlOf(fleet.oktaUrl);
  const skip = Math.round(wantedUsers(fleet) / 3);
  const order = { method: 'POST', path: '/api/v1/users', skip, times: 10 * HELD };
  const held = await okta.fail({ ...order, fault: { kind: 'hold' } });
  const ids = await startMigrations(fleet);
  await eventually('Okta holds answers', async () => (await held.fired()) >= HELD);
  expect(await doneSoFar(fleet)).toBeLessThan(wantedUsers(fleet));
  await mysql.kill();

  await eventually('the API says so', async () => {
    const answer = await fetch(`${fleet.portage.url}/readyz`);
    const { database, redis } = (await answer.json()) as Record<string, string>;
    return answer.status === 503 && database === 'unreachable' && redis === 'ok';
  });
  await okta.clearFaults();
  const brokenOff = () => fleet.logs().split('"msg":"job broke off"').length - 1;
  await eventually('whose answers have come cannot be written', async () => brokenOff() >= HELD);
  await mysql.start();

  await expectHealed(fleet, ids);
  // Attempts are for Okta: of those there are few, and the last one fails the person.
  expect(new Set(attemptsOf(fleet).map(({ attempt }) => attempt))).toEqual(new Set([1]));
}, 200_000);
