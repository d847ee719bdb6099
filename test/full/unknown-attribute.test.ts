import { INSTALLATION } from '../../demo/configuration.ts';
import type { ConfigFile } from '../../src/config/schema.ts';
import { doneSoFar, expectAgreement, failures, say, startMigrations } from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { restart, untilHeld } from '../support/held.ts';
import { controlOf } from '../support/simulator.ts';

const MOST_SUBJECTS = 100;

let fleet: TestFleet;
beforeEach(async () => {
  const pace = { perMinute: 1_800, windowSeconds: 2 };
  fleet = await createFleet({ admins: 0, panelists: 1_000, workers: 3, ...pace, adjust: misspelled });
}, 60_000);
afterEach(() => fleet?.close());

test('an attribute that Okta does not know holds the run within 100 people; corrected and resumed, nobody has failed for it', async () => {
  const ids = await startMigrations(fleet);
  const [held] = await untilHeld(fleet, ids);
  expect(held).toMatchObject({ heldCause: 'attribute', wait: { code: 'held' } });
  const { people } = await failures(fleet);
  const okta = controlOf(fleet.oktaUrl);
  const refused = (await okta.statuses())['400'] ?? 0;
  say(`${refused} calls refused, ${people} failures when it was held: ${held?.wait?.message}`);
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThanOrEqual(MOST_SUBJECTS);
  expect(people).toBeLessThanOrEqual(MOST_SUBJECTS);
  expect(await doneSoFar(fleet)).toBe(0);
  expect(await okta.users()).toEqual([]);

  fleet.configure((file) => file);
  const killed = await restart(fleet);
  for (const id of ids) expect((await fleet.portage.resume(id)).state).toBe('running');
  await expectAgreement(fleet, ids, { killed, withinMs: 120_000 });
}, 180_000);

/** The marker's attribute is there: only the mapping is wrong. */
function misspelled(file: ConfigFile): ConfigFile {
  const installation = file.installations[INSTALLATION];
  const panelists = { ...installation?.panelists, profile: { efsNumber: { column: 'uid' } } };
  return { ...file, installations: { [INSTALLATION]: { ...installation, panelists } } } as ConfigFile;
}
