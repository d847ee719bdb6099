import { createSettingsProgram, type SettingsProgram } from '../support/settings-program.ts';
import { type Api, type ApiAnswer, AUTHORIZED, createWorld, type World } from '../support/world.ts';
import { openApi } from './support.ts';

const WERK = '/v1/installations/werk';
const ACTIVE = `${WERK}/settings/iam_module_active`;

let world: World;
let program: SettingsProgram;
let api: Api['fastify'];

beforeAll(async () => {
  world = await createWorld();
  program = createSettingsProgram();
  await world.rows('CREATE TABLE config (name VARCHAR(100) PRIMARY KEY, value TEXT)');
  await world.rows(
    'CREATE TABLE IF NOT EXISTS iam_portal_settings (id INT AUTO_INCREMENT PRIMARY KEY, portal_id INT NOT NULL, `key` VARCHAR(50), `value` VARCHAR(255))',
  );
  api = await configured({});
});
afterAll(async () => {
  await world.close();
  program.remove();
});
afterEach(async () => {
  for (const table of ['config', 'iam_portal_settings', 'zugang', 'eingang', 'verwalter', 'teilnehmer']) {
    await world.rows(`DELETE FROM ${table}`);
  }
  await world.ownRows('DELETE FROM settings_changes');
  await world.ownRows('DELETE FROM migrations');
});

/** The API with these settings of the installation configured. */
async function configured(settings: object | undefined) {
  const installation = world.file.installations.werk as { settings?: object };
  if (settings) installation.settings = settings;
  else delete installation.settings;
  return openApi(world);
}

async function ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: object, to = api) {
  const answer = await to.inject({ method, url, headers: AUTHORIZED, ...(payload && { payload }) });
  return { status: answer.statusCode, headers: { ...answer.headers }, body: answer.json() } as ApiAnswer;
}
const put = (key: string, value: string, confirm?: string[], to = api) =>
  ask('PUT', `${WERK}/settings/${key}`, { value, ...(confirm && { confirm }) }, to);
const inTable = async () =>
  Object.fromEntries(
    (await world.rows<{ name: string; value: string }>('SELECT name, value FROM config')).map((row) => [
      row.name,
      row.value,
    ]),
  );
const recorded = () => world.ownRows<Record<string, unknown>>('SELECT * FROM settings_changes ORDER BY id');

describe('reading', () => {
  test('settings are listed by key, with whose they are; secrets only as set', async () => {
    await world.rows(
      `INSERT INTO config VALUES ('iam_user_group_id', '00g1'), ('iam_api_token', 'a-s3cret'), ('iam_proxy_url', 'http://me:s3cret@proxy'),
         ('iam_something', 'new'), ('smtp_host', 'x')`,
    );
    const { status, body } = await ask('GET', `${WERK}/settings`);
    expect([status, body]).toEqual([
      200,
      {
        settings: [
          { key: 'iam_api_token', secret: true, set: true, value: null, owner: 'org' },
          { key: 'iam_proxy_url', secret: true, set: true, value: null, owner: 'efs' },
          { key: 'iam_something', secret: false, set: true, value: 'new', owner: null },
          { key: 'iam_user_group_id', secret: false, set: true, value: '00g1', owner: 'org' },
        ],
      },
    ]);
  });

  test('a key that is configured as secret is not shown', async () => {
    await world.rows("INSERT INTO config VALUES ('iam_sso_modules', 'a-s3cret')");
    const secretive = await configured({ secretKeys: ['iam_sso_modules'] });
    const { body } = await ask('GET', `${WERK}/settings/iam_sso_modules`, undefined, secretive);
    expect(body).toMatchObject({ secret: true, set: true, value: null });
  });

  test('a setting that is not set says so', async () => {
    expect((await ask('GET', ACTIVE)).body).toEqual({
      key: 'iam_module_active',
      secret: false,
      set: false,
      value: null,
      owner: 'efs',
      changes: [],
    });
  });

  test.each<[string, number, string]>([
    ['/v1/installations/nobody/settings', 404, 'installation_not_found'],
    ['/v1/installations/constructor/settings/iam_module_active', 404, 'installation_not_found'],
    [`${WERK}/settings/compare?with=nobody`, 404, 'installation_not_found'],
    [`${WERK}/settings/compare`, 400, 'invalid_request'],
    [`${WERK}/settings/smtp_password`, 400, 'invalid_request'],
  ])('%s is answered with %i %s', async (url, status, code) => {
    const answer = await ask('GET', url);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test('without settings in the configuration, that is the answer', async () => {
    const { status, body } = await ask('GET', ACTIVE, undefined, await configured(undefined));
    expect([status, body.code]).toEqual([409, 'settings_not_configured']);
  });

  test('a table that is not there is told', async () => {
    const { status, body } = await ask('GET', ACTIVE, undefined, await configured({ table: 'nirgends' }));
    expect([status, body.code]).toEqual([502, 'settings_unreadable']);
    expect(body.detail).toContain('table nirgends cannot be read (ER_NO_SUCH_TABLE)');
  });
});

describe('comparing', () => {
  test('with given values every key of either side is compared, secrets without being shown', async () => {
    await world.rows(
      "INSERT INTO config VALUES ('iam_user_group_id', '00g1'), ('iam_api_token', 'a-s3cret'), ('iam_sso_modules', 'x')",
    );
    const values = { iam_user_group_id: '00g2', iam_api_token: 'a-s3cret', iam_client_secret: 'another' };
    const { status, headers, body } = await ask('POST', `${WERK}/settings/compare`, { values });
    expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('json')]);
    const unset = { set: false, value: null };
    const hidden = { set: true, value: null };
    expect(body.settings).toEqual([
      { key: 'iam_api_token', owner: 'org', secret: true, same: true, here: hidden, there: hidden },
      { key: 'iam_client_secret', owner: 'org', secret: true, same: false, here: unset, there: hidden },
      {
        key: 'iam_sso_modules',
        owner: 'efs',
        secret: false,
        same: false,
        here: { set: true, value: 'x' },
        there: unset,
      },
      {
        key: 'iam_user_group_id',
        owner: 'org',
        secret: false,
        same: false,
        here: { set: true, value: '00g1' },
        there: { set: true, value: '00g2' },
      },
    ]);
    expect(await recorded()).toEqual([]);
  });

  test('an installation is the same as itself', async () => {
    await put('iam_client_id', 'x');
    const { body } = await ask('GET', `${WERK}/settings/compare?with=werk`);
    expect(body.settings).toMatchObject([{ key: 'iam_client_id', same: true }]);
  });
});

describe('setting', () => {
  test('a value is written, read back and on record with who and when', async () => {
    await put('iam_client_id', 'one');
    const { status, body } = await put('iam_client_id', 'two');
    expect(status).toBe(200);
    expect(body).toMatchObject({ key: 'iam_client_id', set: true, value: 'two', owner: 'org' });
    expect(body.changes).toMatchObject([
      { was: { set: true, value: 'one' }, is: { set: true, value: 'two' }, outcome: 'written', by: 'tests' },
      { was: { set: false, value: null }, is: { set: true, value: 'one' }, outcome: 'written', by: 'tests' },
    ]);
    expect(Date.now() - Date.parse(body.changes[0].at)).toBeLessThan(60_000);
    expect(await inTable()).toEqual({ iam_client_id: 'two' });
  });

  test('the same value again changes nothing and leaves no record', async () => {
    await put('iam_client_id', 'one');
    expect((await put('iam_client_id', 'one')).body.changes).toHaveLength(1);
  });

  test('of a secret neither the answer nor the record has a value', async () => {
    await put('iam_api_token', 'first-s3cret');
    const { body } = await put('iam_api_token', 'second-s3cret');
    expect(body.changes).toMatchObject([
      { was: { set: true, value: null }, is: { set: true, value: null } },
      { was: { set: false, value: null }, is: { set: true, value: null } },
    ]);
    expect(JSON.stringify([body, await recorded()])).not.toContain('s3cret');
    expect(await inTable()).toEqual({ iam_api_token: 'second-s3cret' });
  });

  test('what has become secret since shows no value that it had before', async () => {
    await put('iam_sso_modules', 'first-s3cret');
    await put('iam_sso_modules', 'second-s3cret');
    const secretive = await configured({ secretKeys: ['iam_sso_modules'] });
    const { body } = await ask('GET', `${WERK}/settings/iam_sso_modules`, undefined, secretive);
    expect(body.changes).toMatchObject([
      { was: { set: true, value: null }, is: { set: true, value: null } },
      { was: { set: false, value: null }, is: { set: true, value: null } },
    ]);
    expect(JSON.stringify(body)).not.toContain('s3cret');
  });

  test('changes of one setting at once take turns', async () => {
    const values = ['a', 'b', 'c', 'd', 'e', 'f'];
    const answers = await Promise.all(values.map((value) => put('iam_client_id', value)));
    expect(answers.map(({ status }) => status)).toEqual(values.map(() => 200));
    const changes = await recorded();
    const last = await inTable();
    expect(changes).toHaveLength(6);
    for (const [i, change] of changes.entries())
      expect(change.old_value).toBe(changes[i - 1]?.new_value ?? null);
    expect(last).toEqual({ iam_client_id: changes.at(-1)?.new_value });
  });

  test('by the program of EFS', async () => {
    const command = { write: [program.path('write')], read: [program.path('read')] };
    const { status, body } = await put(
      'iam_redirect_url',
      'https://a/$(b)',
      undefined,
      await configured({ command }),
    );
    expect([status, body.value]).toEqual([200, 'https://a/$(b)']);
    expect(program.values()).toMatchObject({ iam_redirect_url: 'https://a/$(b)' });
    expect(await inTable()).toEqual({});
  });

  test.each<[string, 'fail' | 'lie' | 'hang', number, string, string]>([
    ['fails', 'fail', 9, 'setting_not_written', 'failed'],
    ['does not end', 'hang', 3, 'setting_not_written', 'failed'], // the other, which reads, has to
    ['writes something else', 'lie', 9, 'setting_differs', 'differs'],
  ])(
    'a program that %s is an error with a code, on record, without the value',
    async (_, script, timeoutSeconds, code, outcome) => {
      const command = { write: [program.path(script)], read: [program.path('read')], timeoutSeconds };
      const { status, body } = await put(
        'iam_client_secret',
        's3cret',
        undefined,
        await configured({ command }),
      );
      expect([status, body.code]).toEqual([502, code]);
      const changes = await recorded();
      expect(changes).toMatchObject([{ setting: 'iam_client_secret', outcome, changed_by: 'tests' }]);
      expect(JSON.stringify([body, changes])).not.toContain('s3cret');
    },
  );

  test.each<[string, object, string]>([
    ['iam_module_active', { value: 'yes' }, '/body/value'],
    ['iam_client_id', { value: 1 }, '/body/value'],
    ['iam_client_id', { value: 'a\u0000b' }, '/body/value'],
    ['iam_client_id', {}, '/body/value'],
    ['iam_client_id', { value: 'x', confirm: ['all'] }, '/body/confirm/0'],
    ['smtp_password', { value: 'x' }, '/params/key'],
  ])('%s cannot be set by %j', async (key, payload, path) => {
    const { status, body } = await ask('PUT', `${WERK}/settings/${key}`, payload);
    expect([status, body.errors.map((error: { path: string }) => error.path)]).toEqual([400, [path]]);
    expect(await inTable()).toEqual({});
  });
});

describe('switching the module on', () => {
  beforeEach(async () => {
    await world.rows('INSERT INTO eingang VALUES (1), (2)');
    await world.rows('INSERT INTO teilnehmer VALUES ?', [
      [
        [1, 'a@x.example', 'A', 'A', 1],
        [2, 'b@x.example', 'B', 'B', 1],
        [3, 'c@x.example', 'C', 'C', 9], // left out by its status
      ],
    ]);
    await world.rows('INSERT INTO zugang VALUES (1, 1), (1, 2), (1, 3)');
    await world.rows("INSERT INTO verwalter VALUES (1, 'd@x.example', 'D', 'D', NULL)");
  });
  const register = () =>
    world.rows(
      "INSERT INTO iam_portal_settings (portal_id, `key`, `value`) VALUES (1, 'client_id', 'x'), (2, 'client_id', 'y')",
    );
  const refer = () =>
    world.rows(
      "INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid) VALUES (1, 1, REPEAT('u', 20))",
    );
  async function fail(operation: string, subjectId: number, code = 'mail_invalid') {
    await world.ownRows(
      `INSERT INTO migrations (installation, operation, selection, selection_hash) VALUES ('werk', ?, ?, SHA2(?, 256))`,
      [operation, JSON.stringify({ ids: [subjectId] }), `${subjectId} ${code}`],
    );
    await world.ownRows(
      "INSERT INTO failures (migration_id, subject_id, code, message) VALUES ((SELECT MAX(id) FROM migrations), ?, ?, 'x')",
      [subjectId, code],
    );
  }

  test('is refused with all that is missing, and changes nothing', async () => {
    const { status, body } = await put('iam_module_active', '1');
    expect([status, body.code]).toEqual([409, 'module_incomplete']);
    expect(body.errors.map((error: { message: string }) => error.message)).toEqual([
      '2 portals without a client_id: run register-portals',
      '1 admin neither created nor failed: run create-admins',
      '2 panelists neither created nor failed: run create-panelists',
    ]);
    expect([await inTable(), await recorded()]).toEqual([{}, []]);
  });

  test('is done once every portal has its client and everybody is referenced or a recorded failure', async () => {
    await register();
    await refer();
    await fail('create-admins', 1);
    expect((await put('iam_module_active', '1')).body.errors).toMatchObject([
      { message: '1 panelist neither created nor failed: run create-panelists' },
    ]);
    await fail('create-panelists', 2);
    await fail('create-panelists', 1); // and was created later
    const { status, body } = await put('iam_module_active', '1');
    expect([status, body.value]).toEqual([200, '1']);
    expect(body.changes).toMatchObject([{ confirmed: [] }]);
  });

  test('a failure of somebody who is gone does not stand for another', async () => {
    await register();
    await fail('create-admins', 1);
    await fail('create-panelists', 1);
    await fail('create-panelists', 77);
    expect((await put('iam_module_active', '1')).body.errors).toMatchObject([
      { message: '1 panelist neither created nor failed: run create-panelists' },
    ]);
  });

  test('a failure that may pass is no end, unless another one is', async () => {
    await register();
    await fail('create-admins', 1);
    await fail('create-panelists', 1, 'okta_unavailable');
    await fail('create-panelists', 2, 'unexpected');
    expect((await put('iam_module_active', '1')).body.errors).toMatchObject([
      { message: '2 panelists failed with okta_unavailable or unexpected: retry, or run create-panelists' },
    ]);
    await fail('create-panelists', 2, 'login_taken');
    await refer();
    expect((await put('iam_module_active', '1')).status).toBe(200);
  });

  test('where no portals are configured, those count that panelists are in', async () => {
    const installation = world.file.installations.werk as { portals?: object };
    const { portals } = installation;
    delete installation.portals;
    const unaware = await configured({});
    Object.assign(installation, { portals });
    const missing = async () => (await put('iam_module_active', '1', undefined, unaware)).body.errors;
    expect(await missing()).toContainEqual({
      path: '/body/value',
      message: '1 portal without a client_id: run register-portals',
    });
    await register();
    expect(JSON.stringify(await missing())).not.toContain('client_id');
  });

  test('is done all the same when incomplete is confirmed, which is on record', async () => {
    const { status, body } = await put('iam_module_active', '1', ['incomplete']);
    expect(status).toBe(200);
    expect(body.changes).toMatchObject([{ confirmed: ['incomplete'], by: 'tests' }]);
  });

  test('portals that Portage registers count as it is configured to', async () => {
    const installation = world.file.installations.werk;
    const { portals } = installation;
    const app = {
      label: 'Portal {portalId}',
      redirectUris: ['https://werk.example/{portalId}'],
      settings: { clientId: 'okta_client' },
    };
    Object.assign(installation, { portals: { ...portals, app }, customerName: 'Werk' });
    const registering = await configured({});
    Object.assign(installation, { portals });
    await register();
    const { body } = await put('iam_module_active', '1', undefined, registering);
    expect(body.errors).toContainEqual({
      path: '/body/value',
      message: '2 portals without a client_id: run register-portals',
    });
    await world.rows("UPDATE iam_portal_settings SET `key` = 'okta_client' WHERE portal_id = 1");
    expect((await put('iam_module_active', '1', undefined, registering)).body.errors).toContainEqual({
      path: '/body/value',
      message: '1 portal without a client_id: run register-portals',
    });
  });

  test('off is never refused', async () => {
    expect((await put('iam_module_active', '0')).status).toBe(200);
  });
});

describe('iam_token_data', () => {
  const DATA = `${WERK}/token-data`;

  test('without the table there is nothing to show or empty', async () => {
    for (const method of ['GET', 'DELETE'] as const) {
      const { status, body } = await ask(method, DATA);
      expect([status, body.code]).toEqual([404, 'token_data_not_found']);
    }
  });

  test('its size is shown, and it is emptied, on record', async () => {
    await world.rows(
      'CREATE TABLE iam_token_data (session_id VARBINARY(50) NOT NULL, idp_response LONGTEXT NULL, INDEX session_id (session_id))',
    );
    const rows = Array.from({ length: 5_001 }, (_, i) => [`session ${i}`, 'a-s3cret']);
    await world.rows('INSERT INTO iam_token_data VALUES ?', [rows]);
    const { status, body } = await ask('GET', DATA);
    expect([status, body]).toMatchObject([200, { rows: 5_001, bytes: expect.any(Number) }]);
    expect(Math.abs(Date.now() - Date.parse(body.createdAt))).toBeLessThan(600_000);
    const written = body.lastWrittenAt; // a server may not know it yet
    if (written !== null) expect(Date.parse(written)).toBeGreaterThanOrEqual(Date.parse(body.createdAt));
    expect(body.bytes).toBeGreaterThan(0);
    expect((await ask('DELETE', DATA)).body).toEqual({ deleted: 5_001 });
    expect((await ask('GET', DATA)).body.rows).toBe(0);
    expect(await recorded()).toMatchObject([
      {
        setting: 'iam_token_data',
        secret: 1,
        was_set: 1,
        is_set: 0,
        outcome: 'written',
        changed_by: 'tests',
      },
    ]);
  });
});
