import type { Fault } from '../../simulator/faults.ts';
import { eventually } from '../support/eventually.ts';
import {
  attemptsOf,
  expectAgreement,
  say,
  startMigrations,
  untilDone,
  wantedUsers,
} from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { controlOf } from '../support/simulator.ts';

const TIMEOUT_S = 2;
const BURST = 20;
/** In each of them Okta does what it was asked for, and nobody hears of it. */
const BURSTS: [string, Fault][] = [
  ['reset', { kind: 'reset', when: 'after' }],
  ['cut in half', { kind: 'truncated' }],
  ["replaced by a proxy's page", { kind: 'html', status: 502, when: 'after' }],
  ['not waited for', { kind: 'latency', ms: 4_000 }],
];
const ROUNDS = 2;

let fleet: TestFleet;
beforeEach(async () => {
  fleet = await createFleet({
    admins: 40,
    panelists: 1_200,
    onlinePortals: [1, 2, 3],
    workers: 3,
    perMinute: 3_600,
    windowSeconds: 2,
    adjust: (file) => {
      const okta = { ...file.orgs.okta, requestTimeoutSeconds: TIMEOUT_S };
      return { ...file, orgs: { okta } } as typeof file;
    },
  });
}, 60_000);
afterEach(() => fleet?.close());

test('160 lost answers of four kinds make no second user, and nobody fails for them', async () => {
  const ids = await startMigrations(fleet);
  const okta = controlOf(fleet.oktaUrl);
  const bursts = Array.from({ length: ROUNDS }, () => BURSTS).flat();
  for (const [number, [what, fault]] of bursts.entries()) {
    const done = await untilDone(fleet, (number + 1) / (bursts.length + 2), 60_000);
    expect(done).toBeLessThan(wantedUsers(fleet) - BURST);
    const before = unheard();
    const lost = await okta.failCreations(BURST, fault);
    await eventually('the burst is over', async () => (await lost.fired()) === BURST);
    await eventually('each of them is missed', async () => unheard() - before >= BURST);
    say(`${done} of ${wantedUsers(fleet)} done: ${BURST} answers ${what}`);
  }

  await expectAgreement(fleet, ids, { withinMs: 120_000 });
  // Of the lost ones some were refusals, which are simply repeated; these had been created.
  const adopted = attemptsOf(fleet).filter(({ outcome }) => outcome === 'adopted');
  say(`${adopted.length} users found again`);
  expect(adopted.length).toBeGreaterThanOrEqual(100);
}, 240_000);

/** Attempts that had no answer of Okta's. */
const unheard = () => attemptsOf(fleet).filter(({ outcome }) => outcome === 'unreachable').length;
