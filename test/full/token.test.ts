import { setTimeout as sleep } from 'node:timers/promises';
import {
  doneSoFar,
  expectAgreement,
  failures,
  say,
  startMigrations,
  untilDone,
  wantedUsers,
} from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { MOST_AT_ONCE, untilHeld } from '../support/held.ts';
import { controlOf } from '../support/simulator.ts';

const WORKERS = 3;
const PROBE_S = 2;
const AWAY_MS = 10_000;

let fleet: TestFleet;
beforeEach(async () => {
  fleet = await createFleet({
    admins: 500,
    panelists: 800,
    onlinePortals: [1, 2, 3],
    workers: WORKERS,
    perMinute: 3_600,
    windowSeconds: 2,
    latencyMs: 200,
    adjust: (file) => {
      const okta = { ...file.orgs.okta, probeSeconds: PROBE_S };
      return { ...file, orgs: { okta } } as typeof file;
    },
  });
}, 60_000);
afterEach(() => fleet?.close());

test('a token that is revoked in the middle holds the run and fails nobody; once it is back the run ends', async () => {
  const ids = await startMigrations(fleet);
  const okta = controlOf(fleet.oktaUrl);
  const refused = async () => (await okta.statuses())['401'] ?? 0;
  const done = await untilDone(fleet, 1 / 3, 60_000);
  expect(await refused()).toBe(0);
  await okta.revokeToken(true);
  const revokedAt = performance.now();
  const migrations = await untilHeld(fleet, ids);
  for (const { wait } of migrations) {
    expect(wait?.code).toBe('held');
    expect(wait?.message).toMatch(/credentials were refused .*401 E0000011/);
  }
  const failedBefore = await failures(fleet);
  await sleep(AWAY_MS);

  const count = await refused();
  const probes = Math.ceil((performance.now() - revokedAt) / (PROBE_S * 1_000));
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThanOrEqual(WORKERS * MOST_AT_ONCE + probes);
  expect(await failures(fleet)).toEqual(failedBefore);
  expect(await doneSoFar(fleet)).toBeLessThan((2 / 3) * wantedUsers(fleet));
  say(`${done} of ${wantedUsers(fleet)} done: ${count} calls refused, at most ${probes} of them probes`);

  await okta.revokeToken(false);
  await expectAgreement(fleet, ids, { withinMs: 120_000 });
}, 180_000);
