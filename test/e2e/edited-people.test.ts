import { createEditor } from '../support/edits.ts';
import { eventually } from '../support/eventually.ts';
import {
  expectAgreement,
  failures,
  startMigrations,
  unreferenced,
  untilDone,
  wantedUsers,
} from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { createRandom } from '../support/random.ts';
import { controlOf } from '../support/simulator.ts';

const EACH = 4;
const HELD = 25;

let fleet: TestFleet;
afterEach(() => fleet?.close());

test('people who are deleted, added and changed in EFS meanwhile are each accounted for', async () => {
  const pace = { perMinute: 1_800, windowSeconds: 2 };
  fleet = await createFleet({ admins: 0, panelists: 320, workers: 2, ...pace });
  const editor = createEditor(fleet, createRandom(7));
  const okta = controlOf(fleet.oktaUrl);
  const ids = await startMigrations(fleet);
  for (const share of [0.15, 0.35]) {
    expect(await untilDone(fleet, share)).toBeLessThan(wantedUsers(fleet));
    const take = () => editor.candidates().slice(0, EACH);
    await editor.remove(take());
    await editor.add(EACH);
    await editor.rename(take());
    await editor.readdress(take());
    // Whom Okta has created and nobody has heard of: the window that matters.
    const held = await okta.failCreations(HELD, { kind: 'hold' });
    await eventually(`Okta holds ${HELD} answers`, async () => (await held.fired()) === HELD);
    const created = await unreferenced(fleet);
    const victims = editor.candidates().filter((id) => created.has(id));
    expect(victims.length).toBeGreaterThan(3);
    const half = Math.floor(victims.length / 2);
    expect(await editor.remove(victims.slice(0, half))).toBeGreaterThan(0);
    expect(await editor.readdress(victims.slice(half))).toBeGreaterThan(0);
    await okta.clearFaults();
  }

  await expectAgreement(fleet, ids, { edits: editor.edits });
  expect((await failures(fleet)).people).toBe(fleet.plan.panelist.failed);
}, 180_000);
