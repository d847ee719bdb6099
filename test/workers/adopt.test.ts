import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { type Api, createWorld, type World } from '../support/world.ts';
import {
  addPanelists,
  befall,
  counters,
  errorLog,
  failures,
  finished,
  references,
  start,
} from './support.ts';

let world: World;
let api: Api;
beforeEach(async () => {
  world = await createWorld();
  api = await world.api();
});
afterEach(() => world.close());

async function migrate(): Promise<number> {
  world.closeLater(startWorker(world.open()));
  const id = await start(api);
  await finished(api, id);
  return id;
}

test('a user whose creation was answered to nobody is adopted, not created again and not failed', async () => {
  await addPanelists(world, [1]);
  await befall(world, 1, { kind: 'reset', when: 'after' });

  const id = await migrate();

  const [fault] = await world.okta.control<{ fired: number }[]>('GET', 'faults');
  expect(fault?.fired).toBe(1);
  expect((await counters(world)).users).toBe(1);
  expect([await references(world), await failures(api, id)]).toEqual([[1], []]);
  expect(await errorLog(world)).toEqual([0]); // no answer; it was looked for before it was created again
});

/** A user whom Portage did not make, in no group. */
async function makeStranger(employeeNumber?: string): Promise<string> {
  const login = 'person-1@example.com';
  const response = await fetch(`${world.okta.url}/api/v1/users?activate=false`, {
    method: 'POST',
    headers: { authorization: `SSWS ${world.env.OKTA_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ profile: { login, email: login, firstName: 'A', lastName: 'B', employeeNumber } }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { id: string }).id;
}

const policy = (adoptExisting: string) => Object.assign(world.file.installations.werk, { adoptExisting });
const membersOf = async () => {
  const users = await world.okta.control<{ id: string; groupIds: string[] }[]>('GET', 'users');
  return users.filter(({ groupIds }) => groupIds.includes(world.groupId)).map(({ id }) => id);
};

test("somebody else's user of the same login is not taken over, and is named by Okta's id", async () => {
  await addPanelists(world, [1]);
  const stranger = await makeStranger();

  const id = await migrate();

  expect([await references(world), await failures(api, id)]).toEqual([[], [[1, 'login_taken', 400]]]);
  const { body } = await api.get(`/v1/migrations/${id}/failures`);
  expect(body.failures[0].message).toContain(stranger);
});

test('under same-mail it is taken over, once it is in the group', async () => {
  policy('same-mail');
  await addPanelists(world, [1]);
  const stranger = await makeStranger();

  const id = await migrate();

  expect([await references(world), await failures(api, id)]).toEqual([[1], []]);
  expect(await membersOf()).toEqual([stranger]);
});

test('under same-person an admin who is a panelist too has one Okta user and both references', async () => {
  policy('same-person');
  await addPanelists(world, [1]);
  const admin = await makeStranger('werk/admin/9');

  await migrate();

  const rows = await world.rows<{ uuid: Buffer }>('SELECT uuid FROM iam_portal_user_reference');
  expect(rows.map(({ uuid }) => uuid.toString())).toEqual([admin]);
});

test('who is deleted while Okta creates the user is queued for unassignment, not forgotten', async () => {
  await addPanelists(world, [1]);
  await befall(world, 1, { kind: 'latency', ms: 1_500 });
  const migrated = migrate();
  await eventually('Okta has the user', async () => (await counters(world)).users === 1);
  await world.rows('DELETE FROM zugang');
  await world.rows('DELETE FROM teilnehmer');

  const id = await migrated;

  const [user] = await world.okta.control<{ id: string }[]>('GET', 'users');
  const queued = await world.rows<{ user_id: number; uuid: Buffer; email: string }>(
    'SELECT user_id, uuid, email FROM iam_portal_user_group_unassignment_queue',
  );
  expect(queued.map(({ user_id, uuid, email }) => [user_id, uuid.toString(), email])).toEqual([
    [1, user?.id, 'person-1@example.com'],
  ]);
  expect(await failures(api, id)).toEqual([]);
});

test('a reference that holds no Okta id is named, without a call', async () => {
  await addPanelists(world, [1]);
  await world.rows(
    "INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid) VALUES (7, 1, 'too short')",
  );

  const id = await migrate();

  expect(await failures(api, id)).toEqual([[1, 'reference_invalid', null]]);
  expect(await world.okta.control('GET', 'counters')).toMatchObject({ created: 0 });
});

test('a login that Okta cannot fetch is searched for until it is found, and not created twice', async () => {
  await world.close();
  world = await createWorld({ okta: { searchLagMs: 3_000 } });
  api = await world.api();
  await world.rows(world.efs.panelist, [[[1, 'ada/sales@example.com', 'Ada', 'Byron', 1]]]);
  await world.rows(world.efs.member, [[[1, 1]]]);
  await befall(world, 1, { kind: 'reset', when: 'after' });

  const id = await migrate();

  expect((await counters(world)).users).toBe(1);
  expect([await references(world), await failures(api, id)]).toEqual([[1], []]);
  expect((await errorLog(world)).slice(0, 2)).toEqual([0, 400]); // no answer, then "exists" while the search lags
});
