import { setTimeout as sleep } from 'node:timers/promises';
import {
  attemptsOf,
  doneSoFar,
  expectHealed,
  startMigrations,
  untilDone,
  wantedUsers,
} from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { type PrivateMysql, startPrivateMysql } from '../support/private-servers.ts';

const AWAY_MS = 5_000;

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
    latencyMs: 400, // so that calls are under way when it dies
    createDatabase: mysql.createDatabase,
  });
});
afterEach(async () => {
  await fleet?.close();
  await mysql?.close();
});

test('a MySQL that is killed in mid-run and comes back fails nobody', async () => {
  const ids = await startMigrations(fleet);
  await untilDone(fleet, 1 / 3);
  await mysql.kill();

  const answer = await fetch(`${fleet.portage.url}/readyz`);
  expect([answer.status, await answer.json()]).toEqual([
    503,
    { status: 'unreachable', database: 'unreachable', redis: 'ok' },
  ]);
  await sleep(AWAY_MS);
  await mysql.start();
  expect(await doneSoFar(fleet)).toBeLessThan((2 / 3) * wantedUsers(fleet));

  await expectHealed(fleet, ids);
  expect(fleet.logs()).toContain('job broke off');
  // Attempts are for Okta: of those there are few, and the last one fails the person.
  expect(new Set(attemptsOf(fleet).map(({ attempt }) => attempt))).toEqual(new Set([1]));
}, 200_000);
