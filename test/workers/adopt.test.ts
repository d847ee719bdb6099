import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { type Api, AUTHORIZED, createWorld, type World } from '../support/world.ts';
import { asOkta } from './portals-support.ts';
import {
  addPanelists,
  befall,
  counters,
  errorLog,
  failures,
  finished,
  mailOf,
  offerPatiently,
  references,
  start,
  stopWriters,
  usersQueue,
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

test('the own user of somebody who is back is put into the group again', async () => {
  await addPanelists(world, [1]);
  const user = await makeStranger('werk/panelist/1');

  const id = await migrate();

  expect([await references(world), await failures(api, id)]).toEqual([[1], []]);
  expect(await membersOf()).toEqual([user]);
});

test('it is put there by the next attempt when Okta does not do so at first', async () => {
  await addPanelists(world, [1]);
  const user = await makeStranger('werk/panelist/1');
  const fault = { kind: 'status', status: 503 };
  await world.okta.control('POST', 'faults', { method: 'PUT', path: '/api/v1/groups', times: 1, fault });
  const id = await migrate();
  expect(await world.okta.control('GET', 'faults')).toMatchObject([{ fired: 1 }]);
  expect([await references(world), await failures(api, id), await membersOf()]).toEqual([[1], [], [user]]);
});

test('nobody fails when Okta does not find the user or the group for a moment', async () => {
  await addPanelists(world, [1]);
  const user = await makeStranger('werk/panelist/1');
  const fault = { kind: 'status', status: 404 };
  await world.okta.control('POST', 'faults', { method: 'PUT', path: '/api/v1/groups', times: 1, fault });
  const id = await migrate();
  expect(await world.okta.control('GET', 'faults')).toMatchObject([{ fired: 1 }]);
  expect([await references(world), await failures(api, id), await membersOf()]).toEqual([[1], [], [user]]);
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

/** Who has the user, and who has failed for its sake, told who that is. */
async function expectOneOf(id: number, ids: number[], oktaId: string): Promise<void> {
  const rows = await world.rows<{ user_id: number; uuid: Buffer }>(
    'SELECT user_id, uuid FROM iam_portal_user_reference',
  );
  expect(rows.map(({ uuid }) => uuid.toString())).toEqual([oktaId]);
  const owner = rows[0]?.user_id ?? 0;
  const { body } = await api.get(`/v1/migrations/${id}/failures`);
  const failed = body.failures as { subjectId: number; code: string; message: string }[];
  expect(failed.map(({ subjectId, code }) => [subjectId, code])).toEqual(
    ids.filter((each) => each !== owner).map((each) => [each, 'login_taken']),
  );
  for (const { message } of failed) expect(message).toContain(`for werk/panelist/${owner}.`);
}

test.each([
  ['same-person', 'werk/admin/9'],
  ['same-mail', undefined],
  ['same-mail', 'other/panelist/1'],
])('of panelists with one mail one takes the user over, under %s that of %s', async (name, marker) => {
  policy(name);
  await addPanelists(world, [1, 2, 3]);
  await world.rows('UPDATE teilnehmer SET post = ?', [mailOf(1)]);
  const user = await makeStranger(marker);

  const id = await migrate();

  await expectOneOf(id, [1, 2, 3], user);
});

test("of panelists with an admin's mail one shares the user, and the pre-flight tells so before and after", async () => {
  const expected = async () => {
    const { body } = await api.fastify.inject({
      method: 'POST',
      url: '/v1/migrations?dryRun=true',
      headers: AUTHORIZED,
      payload: { installation: 'werk', operation: 'create-panelists' },
    });
    return JSON.parse(body).expected;
  };
  policy('same-person');
  api = await world.api();
  await addPanelists(world, [1, 2, 3]);
  await world.rows('UPDATE teilnehmer SET post = ?', [mailOf(1)]);
  await world.rows(world.efs.admin, [[[9, mailOf(1), 'Ad', 'Min', null]]]);
  const user = await makeStranger('werk/admin/9');
  await world.rows('INSERT INTO iam_user_reference (user_id, uuid) VALUES (9, ?)', [user]);
  expect(await expected()).toEqual({ done: 1, failed: 2, failedBy: { login_taken: 2 } });

  await expectOneOf(await migrate(), [1, 2, 3], user);

  expect(await expected()).toEqual({ done: 0, failed: 2, failedBy: { login_taken: 2 } });
});

test('of two of them at the same moment one takes it over, too', async () => {
  policy('same-mail');
  await addPanelists(world, [1, 2]);
  await world.rows('UPDATE teilnehmer SET post = ?', [mailOf(1)]);
  const user = await makeStranger();
  const writers = await stopWriters(world, 'teilnehmer');
  const migrated = migrate();
  await writers.wait(2);
  await writers.letGo();

  await expectOneOf(await migrated, [1, 2], user);
});

test.each([
  ['a panelist', 'create-panelists', 'werk/admin/9', ['zugang', 'teilnehmer']],
  ['an admin', 'create-admins', 'werk/panelist/9', ['verwalter']],
])(
  'of %s who is deleted while taking a user over nothing is left, and the user stays',
  async (_, operation, marker, tables) => {
    policy('same-person');
    await addPanelists(world, [1]);
    await world.rows(world.efs.admin, [[[1, mailOf(1), 'Ad', 'Min', null]]]);
    const user = await makeStranger(marker);
    const writers = await stopWriters(world, tables.at(-1) ?? '');
    world.closeLater(startWorker(world.open()));
    const { id } = (await api.post({ installation: 'werk', operation })).body;
    await writers.wait();
    for (const table of tables) await writers.query(`DELETE FROM ${table}`);
    await writers.letGo();

    await finished(api, id);
    expect((await api.get(`/v1/migrations/${id}`)).body.counts).toMatchObject({ eligible: 0, failed: 0 });
    expect(await world.rows('SELECT 1 FROM iam_portal_user_group_unassignment_queue')).toEqual([]);
    expect(await membersOf()).toEqual([user]);
  },
);

test('who is deleted while Okta creates the user is queued for unassignment, not forgotten', async () => {
  await addPanelists(world, [1]);
  const writers = await stopWriters(world, 'teilnehmer');
  const migrated = migrate();
  await writers.wait();
  await writers.query('DELETE FROM zugang');
  await writers.query('DELETE FROM teilnehmer');
  await writers.letGo();

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
  world = await createWorld({ okta: { searchLagMs: 5_000 } });
  api = await world.api();
  const login = 'ada/sales@example.com';
  await world.rows(world.efs.panelist, [[[1, login, 'Ada', 'Byron', 1]]]);
  await world.rows(world.efs.member, [[[1, 1]]]);
  await befall(world, 1, { kind: 'reset', when: 'after' });
  const id = await start(api);
  const app = world.open();
  const job = await offerPatiently(usersQueue(app), 'create-panelists', id);
  world.closeLater(startWorker(app));
  for (const logged of [[0], [0, 400]]) {
    await job.waits();
    expect(await errorLog(world)).toEqual(logged); // no answer, then "exists" while the search lags
    if (logged.length === 1) await job.goesOn();
  }
  const search = new URLSearchParams({ search: `profile.login eq "${login}"` });
  const found = () => asOkta<object[]>(world, 'GET', `/users?${search.toString()}`);
  await eventually('the search finds the user', async () => (await found()).length === 1);
  await job.goesOn();

  await finished(api, id);
  expect((await counters(world)).users).toBe(1);
  expect([await references(world), await failures(api, id)]).toEqual([[1], []]);
  expect(await errorLog(world)).toEqual([0, 400]);
});
