import { topUp } from '../../src/producers/top-up.ts';
import { startWorker } from '../../src/workers/worker.ts';
import type { ListedUser } from '../support/simulator.ts';
import { type Api, createWorld, type OtherInstallation, type World } from '../support/world.ts';
import { addPanelists, finished, mailOf, range } from './support.ts';

/** One of two migrations that run at once; `owner` is how its people's markers begin. */
interface Side {
  installation: string;
  operation: 'create-admins' | 'create-panelists';
  owner: string;
  ids: number[];
  of: Pick<World, 'rows'>;
}

/** People 21 to 40 of both sides have one mail. */
const [FIRST, SECOND, BOTH] = [range(40), range(60).slice(20), range(40).slice(20)];
const MAILS = 60;

let world: World;
beforeEach(async () => {
  world = await createWorld({ latencyMs: 20 });
});
afterEach(() => world.close());

async function adminsAndPanelists(): Promise<[Side, Side]> {
  await world.rows(world.efs.admin, [FIRST.map((id) => [id, mailOf(id), `Vor${id}`, `Nach${id}`, null])]);
  await addPanelists(world, SECOND);
  return [
    { installation: 'werk', operation: 'create-admins', owner: 'werk/admin/', ids: FIRST, of: world },
    { installation: 'werk', operation: 'create-panelists', owner: 'werk/panelist/', ids: SECOND, of: world },
  ];
}

async function twoInstallations(): Promise<{ sides: [Side, Side]; other: OtherInstallation }> {
  const other = await world.addInstallation('zweig');
  await Promise.all([addPanelists(world, FIRST), addPanelists(other, SECOND)]);
  const operation = 'create-panelists';
  const sides: [Side, Side] = [
    { installation: 'werk', operation, owner: 'werk/panelist/', ids: FIRST, of: world },
    { installation: 'zweig', operation, owner: 'zweig/panelist/', ids: SECOND, of: other },
  ];
  return { sides, other };
}

/** What has become of one side: whom EFS references, by person, and the messages of who failed. */
interface End {
  references: Map<number, string>;
  failures: Map<number, string>;
}

/** Runs both at once, on two workers, to their ends; whom Okta then has, in the order of creation. */
async function run(sides: [Side, Side]): Promise<{ ends: [End, End]; users: ListedUser[] }> {
  const api = await world.api();
  const ids = await Promise.all(sides.map((side) => begin(api, side)));
  const apps = [world.open(), world.open()] as const;
  await topUp(apps[0], { org: 'acme', bucket: 'users' }, 60_000); // people of both are there when work begins
  for (const app of apps) world.closeLater(startWorker(app));
  await Promise.all(ids.map((id) => finished(api, id)));
  const [first, second] = await Promise.all(sides.map((side, i) => endOf(api, side, ids[i] ?? 0)));
  if (!first || !second) throw new Error('Bug: two sides have two ends');
  const users = await world.okta.control<ListedUser[]>('GET', 'users');

  const turns = users.map(({ profile }) =>
    String(profile.employeeNumber).startsWith(sides[0].owner) ? 0 : 1,
  );
  expect(turns.indexOf(0)).toBeLessThan(turns.lastIndexOf(1));
  expect(turns.indexOf(1)).toBeLessThan(turns.lastIndexOf(0));
  return { ends: [first, second], users };
}

async function begin(api: Api, { installation, operation }: Side): Promise<number> {
  const { status, body } = await api.post({ installation, operation });
  expect(status).toBe(202);
  return body.id;
}

async function endOf(api: Api, { operation, ids, of }: Side, id: number): Promise<End> {
  const table = operation === 'create-admins' ? 'iam_user_reference' : 'iam_portal_user_reference';
  const rows = await of.rows<{ user_id: number; uuid: Buffer }>(`SELECT user_id, uuid FROM ${table}`);
  const references = new Map(rows.map(({ user_id, uuid }) => [user_id, uuid.toString()]));
  expect(rows).toHaveLength(references.size); // one row each
  const { body } = await api.get(`/v1/migrations/${id}/failures`);
  const failed = body.failures as { subjectId: number; code: string; message: string }[];
  expect(failed.filter(({ code }) => code !== 'login_taken')).toEqual([]);
  expect(references.size + failed.length).toBe(ids.length);
  expect((await api.get(`/v1/migrations/${id}`)).body.counts).toMatchObject({
    eligible: ids.length,
    done: references.size,
    failed: failed.length,
    remaining: 0,
  });
  return { references, failures: new Map(failed.map(({ subjectId, message }) => [subjectId, message])) };
}

/** Each mail has one Okta user; of two people with one mail the other one failed, told whose the user is. */
function expectOneOfTwo(sides: [Side, Side], ends: [End, End], users: ListedUser[]): void {
  expect(users).toHaveLength(MAILS);
  expect(new Set(users.map(({ profile }) => profile.login)).size).toBe(MAILS);
  const markers = new Map(users.map(({ id, profile }) => [id, profile.employeeNumber]));
  for (const [i, { references, failures }] of ends.entries()) {
    const [own, other] = i === 0 ? sides : sides.toReversed();
    for (const [id, oktaId] of references) expect(markers.get(oktaId)).toBe(`${own?.owner}${id}`);
    for (const [id, message] of failures) expect(message).toContain(`${other?.owner}${id}.`);
  }
  const failed = ends.flatMap(({ failures }) => [...failures.keys()]);
  expect(failed.toSorted((a, b) => a - b)).toEqual(BOTH);
}

test('of an admin and a panelist with one mail, created at once, one gets the user and one fails', async () => {
  const sides = await adminsAndPanelists();

  const { ends, users } = await run(sides);

  expectOneOfTwo(sides, ends, users);
});

test('under same-person they share the user, and nobody fails', async () => {
  Object.assign(world.file.installations.werk, { adoptExisting: 'same-person' });

  const { ends, users } = await run(await adminsAndPanelists());

  expect(users).toHaveLength(MAILS);
  expect(ends.flatMap(({ failures }) => [...failures])).toEqual([]);
  const [admins, panelists] = ends.map(({ references }) => references);
  expect(BOTH.map((id) => admins?.get(id))).toEqual(BOTH.map((id) => panelists?.get(id)));
  expect(new Set([...(admins?.values() ?? []), ...(panelists?.values() ?? [])])).toEqual(
    new Set(users.map(({ id }) => id)),
  );
});

test('of two installations of one org that have one mail, the later one is told whose the login is', async () => {
  const { sides } = await twoInstallations();

  const { ends, users } = await run(sides);

  expectOneOfTwo(sides, ends, users);
});

test('with the installation in the login, both carry over all of their people, into their own groups', async () => {
  Object.assign(world.file.installations.werk, { login: '{installation}.{email}' });
  const { sides, other } = await twoInstallations();

  const { ends, users } = await run(sides);

  expect(ends.map(({ failures }) => failures.size)).toEqual([0, 0]);
  const groups = [world.groupId, other.groupId];
  const wanted = sides.flatMap(({ installation, ids }, i) =>
    ids.map((id) => `${installation}.${mailOf(id)} ${ends[i]?.references.get(id)} ${groups[i]}`),
  );
  const found = users.map(({ id, profile, groupIds }) => `${String(profile.login)} ${id} ${groupIds.join()}`);
  expect(new Set(found)).toEqual(new Set(wanted));
  expect(found).toHaveLength(wanted.length);
});
