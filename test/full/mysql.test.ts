import { setTimeout as sleep } from 'node:timers/promises';
import { provokeDeadlock } from '../support/deadlock.ts';
import {
  attemptsOf,
  doneSoFar,
  expectAgreement,
  say,
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
    admins: 40,
    panelists: 2_000,
    onlinePortals: [1, 2, 3],
    workers: 3,
    perMinute: 3_600,
    windowSeconds: 2,
    latencyMs: 300, // so that calls are under way when it dies
    createDatabase: mysql.createDatabase,
  });
}, 60_000);
afterEach(async () => {
  await fleet?.close();
  await mysql?.close();
});

test('a MariaDB that is killed and restarted twice, and deadlocks in between, cost nobody', async () => {
  const ids = await startMigrations(fleet);
  for (const share of [0.2, 0.6]) {
    const done = await untilDone(fleet, share, 60_000);
    await mysql.kill();
    await sleep(AWAY_MS);
    await mysql.start();
    const after = await doneSoFar(fleet);
    expect(after).toBeLessThan((share + 0.2) * wantedUsers(fleet));
    say(`${done} of ${wantedUsers(fleet)} done: killed; ${after} when it was back`);
    if (share === 0.6) continue;
    await untilDone(fleet, share + 0.15, 60_000);
    const deadlocks = await provokeDeadlock(fleet);
    expect(deadlocks).toBeGreaterThan(0);
    expect(await doneSoFar(fleet)).toBeLessThan(wantedUsers(fleet));
    say(`InnoDB has counted ${deadlocks} deadlocks`);
  }

  await expectAgreement(fleet, ids, { withinMs: 120_000 });
  // A worker was the victim, not the test.
  expect(fleet.logs()).toContain('ER_LOCK_DEADLOCK');
  // Attempts are for Okta: a server that is away costs none.
  expect(new Set(attemptsOf(fleet).map(({ attempt }) => attempt))).toEqual(new Set([1]));
}, 300_000);
