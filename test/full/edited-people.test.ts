import { isVersion } from '../support/accounts.ts';
import { createEditor, type Version } from '../support/edits.ts';
import { eventually } from '../support/eventually.ts';
import {
  attemptsOf,
  expectAgreement,
  failures,
  killWorker,
  say,
  startMigrations,
  unreferenced,
  untilDone,
  wantedUsers,
} from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { createRandom } from '../support/random.ts';
import { controlOf } from '../support/simulator.ts';

const STEPS = 12;
const EACH = 8;
/** Fewer than Okta takes at once from one token. */
const HELD = 25;

let fleet: TestFleet;
beforeEach(async () => {
  const pace = { perMinute: 3_600, windowSeconds: 2, latencyMs: 200 };
  fleet = await createFleet({ admins: 0, panelists: 1_500, onlinePortals: [1, 2, 3], workers: 3, ...pace });
}, 60_000);
afterEach(() => fleet?.close());

test('people who are deleted, added and changed in EFS meanwhile are each accounted for', async () => {
  const editor = createEditor(fleet, createRandom(7));
  const okta = controlOf(fleet.oktaUrl);
  const ids = await startMigrations(fleet);
  let inHand = 0;
  for (let step = 1; step <= STEPS; step++) {
    const done = await untilDone(fleet, step / (STEPS + 2), 60_000);
    const take = (count: number) => editor.candidates().slice(0, count);
    await editor.remove(take(EACH));
    await editor.add(EACH);
    await editor.rename(take(EACH));
    await editor.readdress(take(EACH));
    if (step % 3 === 0) {
      // Whom Okta has created and nobody has heard of: the window that matters.
      const held = await okta.failCreations(HELD, { kind: 'hold' });
      await eventually(`Okta holds ${HELD} answers`, async () => (await held.fired()) === HELD);
      const created = await unreferenced(fleet);
      say(`${done} done: ${created.size} users are in Okta and not referenced`);
      const victims = editor.candidates().filter((id) => created.has(id));
      expect(victims.length).toBeGreaterThan(4);
      const third = Math.floor(victims.length / 3);
      for (const unreferenced of [
        await editor.remove(victims.slice(0, third)),
        await editor.readdress(victims.slice(third, 2 * third)),
        await editor.rename(victims.slice(2 * third)),
      ]) {
        expect(unreferenced).toBeGreaterThan(0);
        inHand += unreferenced;
      }
      await okta.clearFaults();
    }
    expect(done).toBeLessThan(wantedUsers(fleet));
  }
  const { deleted, added, versions } = editor.edits;
  say(`deleted ${deleted.size}, added ${added.length}, changed ${versions.size}, of them in hand ${inHand}`);

  await expectAgreement(fleet, ids, { edits: editor.edits, withinMs: 120_000 });
  expect((await failures(fleet)).people).toBe(fleet.plan.panelist.failed);
  expect(await carriedOverStale(fleet, versions)).toEqual([]);
}, 240_000);

test('people whom a dead worker had created are not forgotten when they are deleted or move before the next attempt', async () => {
  const editor = createEditor(fleet, createRandom(8));
  const okta = controlOf(fleet.oktaUrl);
  const killed: string[] = [];
  const ids = await startMigrations(fleet);
  const edited = { deleted: 0, readdressed: 0 };
  for (const share of [0.2, 0.4, 0.6]) {
    await untilDone(fleet, share, 60_000);
    const held = await okta.failCreations(HELD, { kind: 'hold' });
    await eventually(`Okta holds ${HELD} answers`, async () => (await held.fired()) === HELD);
    const created = await unreferenced(fleet);
    const { name, runsAgain } = await killWorker(fleet);
    killed.push(name);
    await okta.clearFaults();
    // The others' answers come now; the victim's people wait for its locks to lapse.
    const orphaned = await eventually('only the victim has people in hand', async () => {
      const left = (await unreferenced(fleet)).intersection(created);
      return left.size < created.size && [...left];
    });
    const victims = editor.candidates().filter((id) => orphaned.includes(id));
    const half = Math.ceil(victims.length / 2);
    edited.deleted += await editor.remove(victims.slice(0, half));
    edited.readdressed += await editor.readdress(victims.slice(half));
    await runsAgain();
  }
  expect(Math.min(edited.deleted, edited.readdressed)).toBeGreaterThan(2);
  say(`deleted ${edited.deleted} and moved ${edited.readdressed} whom a dead worker had created`);

  await expectAgreement(fleet, ids, { edits: editor.edits, killed, withinMs: 120_000 });
}, 240_000);

/** Who is in Okta as EFS no longer had them when their attempt began. */
async function carriedOverStale(
  { oktaUrl }: TestFleet,
  versions: ReadonlyMap<number, Version[]>,
): Promise<number[]> {
  const users = await controlOf(oktaUrl).users();
  const byId = new Map(
    users.map((user) => [Number(String(user.profile.employeeNumber).split('/').at(-1)), user]),
  );
  const migrated = attemptsOf(fleet).filter(({ outcome }) => outcome === 'migrated');
  const beganMs = new Map(migrated.map(({ subjectId, time, ms }) => [subjectId, time - ms]));
  return [...versions].flatMap(([id, history]) => {
    const user = byId.get(id);
    const began = beganMs.get(id);
    if (!user || began === undefined) return [id];
    const at = history.findLastIndex((version) => (version.doneMs ?? 0) <= began);
    return history.slice(at).some((version) => isVersion(user, version)) ? [] : [id];
  });
}
