import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { type Api, AUTHORIZED, createWorld, type World } from '../support/world.ts';
import { addPanelists, errorLog, failures, finished, mailOf, range, references, start } from './support.ts';

let world: World;
let api: Api;
beforeEach(async () => {
  world = await createWorld();
  Object.assign(world.file.orgs.acme, { probeSeconds: 1 });
  api = await world.api();
});
afterEach(() => world.close());

const show = async (id: number) => (await api.get(`/v1/migrations/${id}`)).body;
const held = (id: number) =>
  eventually('it is held', async () => {
    const migration = await show(id);
    return migration.state === 'held' && migration;
  });

test('a refused token holds the migration and fails nobody, and it goes on by itself once Okta takes it', async () => {
  await addPanelists(world, range(200));
  await world.okta.control('POST', 'faults', { times: 10_000, fault: { kind: 'status', status: 401 } });
  world.closeLater(startWorker(world.open()));
  const id = await start(api);

  const { wait } = await held(id);
  expect(wait).toMatchObject({ code: 'held', message: expect.stringContaining('401 E0000011') });
  expect((await errorLog(world)).length).toBeLessThanOrEqual(52); // as many calls as one worker has under way
  await world.okta.control('DELETE', 'faults');

  await finished(api, id);
  expect([(await references(world)).length, await failures(api, id)]).toEqual([200, []]);
});

test('a right that the token lacks holds the migration and fails nobody, and is not probed', async () => {
  await addPanelists(world, range(20));
  const fault = { kind: 'status', status: 403 };
  await world.okta.control('POST', 'faults', { method: 'POST', path: '/api/v1/users', times: 1_000, fault });
  world.closeLater(startWorker(world.open()));
  const id = await start(api);

  const { wait, heldCause } = await held(id);
  expect([heldCause, wait.message]).toEqual(['rights', expect.stringContaining('403 E0000006')]);
  expect(await world.ownRows('SELECT probe_at FROM migrations')).toMatchObject([{ probe_at: null }]);
  await world.okta.control('DELETE', 'faults');
  expect((await resume(id)).statusCode).toBe(200);

  await finished(api, id);
  expect([(await references(world)).length, await failures(api, id)]).toEqual([20, []]);
});

test('a token that Okta takes again goes on although it may not read groups', async () => {
  await addPanelists(world, range(5));
  await world.okta.control('POST', 'faults', { times: 10_000, fault: { kind: 'status', status: 401 } });
  world.closeLater(startWorker(world.open()));
  const id = await start(api);
  await held(id);
  await world.okta.control('DELETE', 'faults');
  const fault = { kind: 'status', status: 403 };
  await world.okta.control('POST', 'faults', { method: 'GET', path: '/api/v1/groups', times: 1_000, fault });

  await finished(api, id);
  expect([(await references(world)).length, await failures(api, id)]).toEqual([5, []]);
});

test('a group that Okta does not have holds the migration, and is not probed', async () => {
  await addPanelists(world, range(60));
  const { groupId } = world;
  Object.assign(world.file.installations.werk, { groupId: '00gDoesNotExist00000' });
  const worker = startWorker(world.open());
  const id = await start(api);

  const { wait } = await held(id);
  expect(wait.message).toContain('groupId');
  const { probe_at: probeAt } =
    (await world.ownRows<{ probe_at: Date | null }>('SELECT probe_at FROM migrations'))[0] ?? {};
  expect(probeAt).toBeNull();
  await worker.close();
  Object.assign(world.file.installations.werk, { groupId });
  world.closeLater(startWorker(world.open()));
  await world.ownRows("UPDATE migrations SET state = 'running', held_reason = NULL WHERE id = ?", [id]);

  await finished(api, id);
  expect([(await references(world)).length, await failures(api, id)]).toEqual([60, []]);
});

/** Names that Okta does not take: everybody is refused for the same reason. */
const spoilNames = () => world.rows("UPDATE teilnehmer SET vorname = REPEAT('x', 60)");
const resume = (id: number, query = '') =>
  api.fastify.inject({ method: 'POST', url: `/v1/migrations/${id}/resume${query}`, headers: AUTHORIZED });

test('an attribute that Okta does not have holds even a small migration, and nobody has failed', async () => {
  await addPanelists(world, range(3));
  Object.assign(world.file.installations.werk, { markerAttribute: 'portageMarkr' });
  const worker = startWorker(world.open());
  const id = await start(api);

  const { wait, heldCause } = await held(id);
  expect(heldCause).toBe('attribute');
  expect(wait.message).toContain('portageMarkr');
  await worker.close();
  expect(await failures(api, id)).toEqual([]);
  Object.assign(world.file.installations.werk, { markerAttribute: 'employeeNumber' });
  world.closeLater(startWorker(world.open()));
  expect((await resume(id)).statusCode).toBe(200);

  await finished(api, id);
  expect([await references(world), await failures(api, id)]).toEqual([range(3), []]);
});

test('nor does anybody fail for it whom Okta has already, with a marker that cannot be read then', async () => {
  await addPanelists(world, [1]);
  const login = mailOf(1);
  const employeeNumber = 'werk/panelist/1';
  const created = await fetch(`${world.okta.url}/api/v1/users?activate=false`, {
    method: 'POST',
    headers: { authorization: `SSWS ${world.env.OKTA_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      profile: { login, email: login, firstName: 'Vor1', lastName: 'Nach1', employeeNumber },
    }),
  });
  expect(created.status).toBe(200);
  Object.assign(world.file.installations.werk, { markerAttribute: 'portageMarkr' });
  const worker = startWorker(world.open());
  const id = await start(api);

  expect((await held(id)).heldCause).toBe('attribute');
  await worker.close();
  expect(await failures(api, id)).toEqual([]);
  Object.assign(world.file.installations.werk, { markerAttribute: 'employeeNumber' });
  world.closeLater(startWorker(world.open()));
  expect((await resume(id)).statusCode).toBe(200);

  await finished(api, id);
  expect([await references(world), await failures(api, id)]).toEqual([[1], []]);
});

test('who resumes before the attribute is there is told again, and once it is there the migration goes on', async () => {
  const okta = async (path: string, body: object) => {
    const answer = await fetch(`${world.okta.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `SSWS ${world.env.OKTA_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
  };
  await addPanelists(world, [1]);
  const login = mailOf(1);
  const profile = { login, email: login, firstName: 'Another', lastName: 'Body' };
  await okta('users?activate=false', { profile });
  Object.assign(world.file.installations.werk, { markerAttribute: 'portageMark' });
  world.closeLater(startWorker(world.open()));
  const id = await start(api);

  await held(id);
  expect((await resume(id)).statusCode).toBe(200);
  const { heldCause, wait } = await held(id);
  expect(heldCause).toBe('attribute');
  expect(wait.message).toContain('people are mapped to; the pre-flight names it');
  const properties = { portageMark: { title: 'Mark', type: 'string' } };
  await okta('meta/schemas/user/default', {
    definitions: { custom: { id: '#custom', type: 'object', properties } },
  });
  expect((await resume(id)).statusCode).toBe(200);

  await finished(api, id);
  expect(await failures(api, id)).toEqual([[1, 'login_taken', 400]]);
});

test('data that Okta refuses holds the migration within 100 people, and none of them has failed', async () => {
  await addPanelists(world, range(300));
  await spoilNames();
  world.closeLater(startWorker(world.open()));
  const id = await start(api);

  const { wait, heldCause } = await held(id);
  expect(heldCause).toBe('refusals');
  expect(wait.message).toContain('400 E0000001');
  expect(await failures(api, id)).toEqual([]);
  const refused = await errorLog(world);
  expect([refused.length > 50, refused.length <= 100]).toEqual([true, true]);
  await world.rows("UPDATE teilnehmer SET vorname = 'Ada'");
  expect((await resume(id)).statusCode).toBe(200);

  await finished(api, id);
  expect([(await references(world)).length, await failures(api, id)]).toEqual([300, []]);
});

test('people without a mail hold the migration, too: their column may be the wrong one', async () => {
  await addPanelists(world, range(60));
  await world.rows("UPDATE teilnehmer SET post = ''");
  world.closeLater(startWorker(world.open()));
  const id = await start(api);

  const { wait, heldCause } = await held(id);
  expect(heldCause).toBe('refusals');
  expect(wait.message).toContain('lately with: mail_missing');
  expect(await failures(api, id)).toEqual([]);
  expect((await resume(id, '?acceptRefusals=true')).statusCode).toBe(200);

  await finished(api, id);
  expect((await show(id)).counts).toMatchObject({ eligible: 60, failed: 60, done: 0 });
});

test('refusals that an operator accepts are failures, and hold the migration no more', async () => {
  await addPanelists(world, range(110));
  await spoilNames();
  world.closeLater(startWorker(world.open()));
  const id = await start(api);
  await held(id);

  expect((await resume(id, '?acceptRefusals=true')).statusCode).toBe(200);

  await finished(api, id);
  expect((await show(id)).counts).toMatchObject({ eligible: 110, failed: 110, done: 0 });
});

test('a quarter of the people refused holds nothing, however many they are and however late that is known', async () => {
  const ids = range(240);
  await world.rows(world.efs.panelist, [
    ids.map((id) => [id, `p${id}@example.com`, id % 4 ? 'Vor' : 'x'.repeat(60), 'Nach', 1]),
  ]);
  await world.rows(world.efs.member, [ids.map((id) => [1, id])]);
  await world.okta.control('POST', 'faults', {
    method: 'GET',
    path: '/api/v1/users/',
    times: 1_000,
    fault: { kind: 'latency', ms: 1_000 },
  });
  world.closeLater(startWorker(world.open()));
  const id = await start(api);
  await finished(api, id);
  expect((await show(id)).counts).toMatchObject({ failed: 60, done: 180 });
});

test('a database that cannot be written holds its installation, and it goes on by itself once it can', async () => {
  await addPanelists(world, range(40));
  await world.rows('RENAME TABLE iam_error_log TO iam_error_log_away');
  await world.rows(
    "CREATE TRIGGER away BEFORE INSERT ON iam_portal_user_reference FOR EACH ROW SIGNAL SQLSTATE '45000'",
  );
  world.closeLater(startWorker(world.open()));
  const id = await start(api);

  expect(await held(id)).toMatchObject({
    heldCause: 'database',
    wait: { message: expect.stringContaining('ER_') },
  });
  await world.rows('DROP TRIGGER away');
  await world.rows('RENAME TABLE iam_error_log_away TO iam_error_log');

  await finished(api, id);
  expect([(await references(world)).length, await failures(api, id)]).toEqual([40, []]);
});
