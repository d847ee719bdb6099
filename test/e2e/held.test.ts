import { INSTALLATION } from '../../demo/configuration.ts';
import { createInstallation } from '../../demo/installation.ts';
import { createPeople } from '../../demo/people.ts';
import type { ConfigFile } from '../../src/config/schema.ts';
import { disagreements } from '../support/accounts.ts';
import { rowsOf } from '../support/activation.ts';
import { createDatabase } from '../support/databases.ts';
import { createDoor } from '../support/door.ts';
import { eventually } from '../support/eventually.ts';
import {
  doneSoFar,
  expectAgreement,
  failures,
  startMigrations,
  untilDone,
  wantedUsers,
} from '../support/fault-run.ts';
import { createFleet, type TestFleet, type TestFleetOptions } from '../support/fleet.ts';
import { MOST_AT_ONCE, restart, untilHeld } from '../support/held.ts';
import { controlOf } from '../support/simulator.ts';

const PACE = { perMinute: 1_800, windowSeconds: 2, workers: 2 };
const PROBE_S = 1;

let fleet: TestFleet;
const open = async (options: Partial<TestFleetOptions> & { panelists: number }) => {
  fleet = await createFleet({ admins: 0, ...PACE, ...options });
};
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await fleet?.close();
  for (const close of closers.splice(0)) await close();
});

test('a token that is revoked in mid-run costs few calls and nobody; once it is back the run goes on by itself', async () => {
  await open({ panelists: 180, adjust: probedOften });
  const ids = await startMigrations(fleet);
  const okta = controlOf(fleet.oktaUrl);
  await untilDone(fleet, 1 / 3);
  await okta.revokeToken(true);
  const revokedAt = performance.now();
  const [held] = await untilHeld(fleet, ids);
  expect(held).toMatchObject({ heldCause: 'credentials', wait: { code: 'held' } });
  expect(held?.wait?.message).toMatch(/credentials were refused/);
  const refused = async () => (await okta.statuses())['401'] ?? 0;
  const first = await refused();
  await eventually('it is probed', async () => (await refused()) >= first + 3);

  const probes = Math.ceil((performance.now() - revokedAt) / (PROBE_S * 1_000));
  expect(await refused()).toBeLessThanOrEqual(PACE.workers * MOST_AT_ONCE + probes);
  expect(await doneSoFar(fleet)).toBeLessThan(wantedUsers(fleet));
  await okta.revokeToken(false);
  await expectAgreement(fleet, ids);
}, 210_000);

test('an attribute that Okta does not know holds the run; corrected and resumed, nobody has failed for it', async () => {
  await open({ admins: 30, panelists: 160, adjust: misspelled, perMinute: 6_000 });
  const ids = await startMigrations(fleet);
  for (const held of await untilHeld(fleet, ids)) {
    expect(held).toMatchObject({ heldCause: 'attribute', wait: { code: 'held' } });
  }
  expect((await failures(fleet)).people).toBeLessThanOrEqual(100);
  expect(await controlOf(fleet.oktaUrl).users()).toEqual([]);

  fleet.configure((file) => file);
  const killed = await restart(fleet);
  for (const id of ids) await fleet.portage.resume(id);
  await expectAgreement(fleet, ids, { killed });
}, 210_000);

const SECOND = 'zweitwerk';

test('an installation whose database is away waits and says so, while another goes on', async () => {
  const efs = await createDatabase('efs');
  const people = createPeople(9, { admins: 0, panelists: 100 });
  await createInstallation(efs.url, people);
  const door = await createDoor(efs.url);
  closers.push(
    () => door.close(),
    () => efs.drop(),
  );
  await open({ panelists: 140, adjust: withSecond, env: { SECOND_DATABASE_URL: door.url } });
  const first = await startMigrations(fleet);
  const { id } = await fleet.portage.start(SECOND, 'create-panelists');
  const second = { ...fleet, installation: SECOND, installationUrl: efs.url, people };
  await eventually('it has begun', async () => (await doneSoFar(second)) > 10);
  door.shut();
  await eventually('what the server had been sent is done', () => isLeftAlone(efs.url));
  const atShut = await doneSoFar(second);

  const [held] = await untilHeld(fleet, [id]);
  expect(held).toMatchObject({ heldCause: 'database', wait: { code: 'held' } });
  expect(held?.wait?.message).toMatch(/database cannot be used/);
  await Promise.all(first.map((each) => fleet.finished(each, 60_000)));
  expect(await disagreements(fleet)).toEqual([]);
  expect((await fleet.portage.migration(id)).state).not.toBe('finished');
  expect(await doneSoFar(second)).toBe(atShut);

  door.open();
  await fleet.finished(id, 60_000);
  expect(await disagreements(second)).toEqual([]);
}, 270_000);

/** Nobody else is connected to this database. */
async function isLeftAlone(url: string): Promise<boolean> {
  const [row] = await rowsOf<{ n: number }>(
    url,
    'SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE DB = DATABASE()',
  );
  return Number(row?.n) === 1;
}

function probedOften(file: ConfigFile): ConfigFile {
  return { ...file, orgs: { okta: { ...file.orgs.okta, probeSeconds: PROBE_S } } } as ConfigFile;
}

function misspelled(file: ConfigFile): ConfigFile {
  const installation = { ...file.installations[INSTALLATION], markerAttribute: 'efsMarker' };
  return { ...file, installations: { [INSTALLATION]: installation } } as ConfigFile;
}

function withSecond(file: ConfigFile): ConfigFile {
  const second = { ...file.installations[INSTALLATION], database: { env: 'SECOND_DATABASE_URL' } };
  return { ...probedOften(file), installations: { ...file.installations, [SECOND]: second } } as ConfigFile;
}
