import { INSTALLATION } from '../../demo/configuration.ts';
import { createInstallation } from '../../demo/installation.ts';
import { createPeople } from '../../demo/people.ts';
import { createDatabase } from './databases.ts';
import { eventually } from './eventually.ts';
import { createFleet, ordinaryOf } from './fleet.ts';
import { controlOf, type SimulatorControl } from './simulator.ts';

/** Two migrations of two installations on one org, the second one late, and a small one later still. */
export interface FairRun {
  perMinute: number;
  windowSeconds: number;
  workers: number;
  /** People of the large ones, and of the small one. */
  many: number;
  few: number;
  /** Calls before the second is posted, and from then until the small one is. */
  head: number;
  both: number;
}

/** Okta's side of it: each call is one person created. */
export interface Shares {
  /** Of what both large ones had: the least and the most that the first had in any three windows with both. */
  least: number;
  most: number;
  /** How many such windows there were, each begun by another call. */
  spans: number;
  /** Calls of the others from the small one's post to its first call. */
  before: number;
  /** Its calls, and those of the others from its first to its last. */
  small: number;
  beside: number;
  calls: number;
}

type Of = 'one' | 'other' | 'small';
interface Call {
  atMs: number;
  of: Of;
}

const SECOND_INSTALLATION = 'labor';
/** At least so many of all people are ordinary. */
const ORDINARY = 0.55;

export async function runFairly(
  { many, few, head, both, ...how }: FairRun,
  withinMs: number,
): Promise<Shares> {
  const second = await createDatabase('efs');
  const panelists = Math.ceil(many / ORDINARY);
  const admins = Math.ceil(few / ORDINARY);
  const fleet = await createFleet({
    ...how,
    admins,
    panelists,
    ordinary: true,
    env: { SECOND_EFS_URL: second.url },
    adjust: (file) => {
      const [first] = Object.values(file.installations);
      const other = { ...first, database: { env: 'SECOND_EFS_URL' }, login: '{kind}-{id}@labor.example' };
      return {
        ...file,
        installations: { ...file.installations, [SECOND_INSTALLATION]: other },
      } as typeof file;
    },
  });
  try {
    const people = createPeople(8, { admins: 0, panelists, onlinePortals: [1, 2] });
    await createInstallation(second.url, ordinaryOf(people));
    const okta = controlOf(fleet.oktaUrl);
    const calls = async () => (await okta.arrivals('users')).length;
    const reach = (count: number) =>
      eventually(`there are ${count} calls`, async () => (await calls()) >= count, withinMs);

    const one = await fleet.portage.start(INSTALLATION, 'create-panelists');
    await reach(head);
    const other = await fleet.portage.start(SECOND_INSTALLATION, 'create-panelists');
    const otherFrom = await calls();
    await reach(otherFrom + both);
    const small = await fleet.portage.start(INSTALLATION, 'create-admins');
    const smallFrom = await calls();
    await Promise.all([one, other, small].map(({ id }) => fleet.finished(id, withinMs)));

    const { throttled } = (await fleet.ends()).okta;
    expect(throttled).toBe(0);
    return sharesOf(await callsOf(okta), otherFrom, smallFrom, 3_000 * how.windowSeconds);
  } finally {
    await fleet.close();
    await second.drop();
  }
}

/** The simulator lists its users in the order in which they were created. */
async function callsOf(okta: SimulatorControl): Promise<Call[]> {
  const [times, users] = [await okta.arrivals('users'), await okta.users()];
  expect(users).toHaveLength(times.length);
  return users.map(({ profile }, i) => {
    const [installation, kind] = String(profile.employeeNumber).split('/');
    const of = kind === 'admin' ? 'small' : installation === INSTALLATION ? 'one' : 'other';
    return { atMs: times[i] ?? 0, of };
  });
}

function sharesOf(calls: Call[], otherFrom: number, smallFrom: number, spanMs: number): Shares {
  const last = (of: Of) => calls.findLast((call) => call.of === of)?.atMs ?? 0;
  const endMs = Math.min(last('one'), last('other'));
  const shares: number[] = [];
  for (const { atMs } of calls.slice(otherFrom)) {
    if (atMs + spanMs > endMs) break;
    const within = calls.filter((call) => call.atMs >= atMs && call.atMs < atMs + spanMs);
    const [one, other] = [within.filter(({ of }) => of === 'one'), within.filter(({ of }) => of === 'other')];
    shares.push(one.length / (one.length + other.length));
  }
  const first = calls.findIndex(({ of }) => of === 'small');
  const withSmall = calls.slice(first, calls.findLastIndex(({ of }) => of === 'small') + 1);
  return {
    least: Math.min(...shares),
    most: Math.max(...shares),
    spans: shares.length,
    before: first - smallFrom,
    small: withSmall.filter(({ of }) => of === 'small').length,
    beside: withSmall.filter(({ of }) => of !== 'small').length,
    calls: calls.length,
  };
}
