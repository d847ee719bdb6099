import { createConnection } from 'mysql2/promise';
import { createDatabase } from '../support/databases.ts';
import { createDoor } from '../support/door.ts';
import { createTables } from '../support/efs.ts';
import { eventually } from '../support/eventually.ts';
import { type Api, AUTHORIZED, createWorld, type World } from '../support/world.ts';
import { openApi } from './support.ts';

let world: World;
let api: Api;
const open = async () => {
  world = await createWorld({ perMinute: 600 });
  api = await world.api();
};

const CREATE = { installation: 'werk', operation: 'create-panelists' };

interface Found {
  severity: string;
  code: string;
  message: string;
  count?: number;
  examples: number[];
}

async function ask(
  payload: object = CREATE,
  query = '',
  fastify: Pick<Api['fastify'], 'inject'> = api.fastify,
) {
  const url = `/v1/migrations?dryRun=true${query}`;
  const response = await fastify.inject({ method: 'POST', url, headers: AUTHORIZED, payload });
  expect(response.statusCode).toBe(200);
  const body = response.json();
  const finding = (code: string) => (body.findings as Found[]).find((each) => each.code === code);
  return { body, finding, text: response.body };
}

/** Panelists of these ids and mails in portal 1. */
async function people(...rows: [id: number, mail: string | null, firstName?: string][]) {
  await world.rows(world.efs.panelist, [
    rows.map(([id, mail, firstName = 'Ada']) => [id, mail, firstName, 'Byron', 1]),
  ]);
  await world.rows(world.efs.member, [rows.map(([id]) => [1, id])]);
}

const okta = (method: string, path: string, body: unknown) =>
  fetch(`${world.okta.url}/api/v1/${path}`, {
    method,
    headers: { authorization: `SSWS ${world.env.OKTA_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('in a world that is as it is', () => {
  beforeAll(open);
  afterEach(async () => {
    for (const table of ['verwalter', 'teilnehmer', 'zugang']) await world.rows(`DELETE FROM ${table}`); // references go with their people
    await world.ownRows('DELETE FROM migrations');
  });
  afterAll(() => world.close());

  test('a dry run tells counts, what becomes of whom, calls and a forecast, and starts nothing', async () => {
    await people([1, 'one@example.com'], [2, 'two@example.com'], [3, ' ']);
    const { body } = await ask({ ...CREATE, selection: { portal: 1 } });
    expect(body).toMatchObject({
      ...CREATE,
      selection: { portal: 1 },
      options: {},
      counts: { eligible: 3, done: 0, remaining: 3, skipped: 0, skippedBy: {} },
      expected: { done: 2, failed: 1, failedBy: { mail_missing: 1 } },
      calls: 2,
      mails: 0,
      allowance: { org: 'acme', bucket: 'users' },
      forecast: { now: { people: 3, perMinute: 600, source: 'configured' }, beside: null },
    });
    expect((await api.get('/v1/migrations')).body.migrations).toEqual([]);
  });

  test('who shares a login, as Okta compares it, is found, and nobody is named but by id', async () => {
    await people(
      [1, 'Jürgen@example.com'],
      [2, 'jurgen@EXAMPLE.com'],
      [3, 'other@example.com'],
      [4, 'not a mail'],
      [5, 'long@example.com', 'x'.repeat(51)],
      [6, 'short@example.com', ''],
    );
    const { body, finding, text } = await ask();
    expect(body.expected).toEqual({
      done: 2,
      failed: 4,
      failedBy: { login_taken: 1, mail_invalid: 1, okta_refused: 2 },
    });
    expect(finding('login_taken')).toMatchObject({ severity: 'warning', count: 1, examples: [2] });
    expect(finding('mail_invalid')).toMatchObject({ count: 1, examples: [4] });
    expect(finding('value_too_long')).toMatchObject({ count: 1, examples: [5] });
    expect(finding('value_missing')).toMatchObject({ count: 1, examples: [6] });
    expect(finding('most_refused')).toBeUndefined(); // a run judges a hundred answers
    expect(text).not.toMatch(/@|jurgen|Byron/i);
  });

  test('logins that Okta has already are estimated from some reads, and known from all', async () => {
    await people(...Array.from({ length: 30 }, (_, i): [number, string] => [i + 1, `p${i + 1}@example.com`]));
    for (const id of [3, 9]) {
      const profile = {
        login: `p${id}@example.com`,
        email: `p${id}@example.com`,
        firstName: 'A',
        lastName: 'B',
      };
      expect((await okta('POST', 'users?activate=false', { profile })).status).toBe(200);
    }
    const own = { login: 'p4@example.com', email: 'x@example.com', firstName: 'A', lastName: 'B' };
    await okta('POST', 'users?activate=false', { profile: { ...own, employeeNumber: 'werk/panelist/4' } });

    const reads = async () =>
      (await world.okta.control<{ calls: { byBucket: Record<string, number> } }>('GET', 'counters')).calls
        .byBucket['user-read'] ?? 0;
    const before = await reads();
    const all = await ask(CREATE, '&sample=200');
    expect(all.finding('login_exists')).toMatchObject({ severity: 'warning', count: 2, examples: [3, 9] });
    expect(all.finding('login_exists')?.message).toMatch(
      /^Asked Okta for 30 of 30 logins: 2 are somebody else's/,
    );
    expect(all.finding('login_own')).toMatchObject({ severity: 'info', count: 1, examples: [4] });
    expect((await reads()) - before).toBe(30);

    const some = await ask(CREATE, '&sample=5');
    expect((await reads()) - before).toBe(35);
    expect(some.finding('login_exists')?.message).toMatch(
      /^Asked Okta for 5 of 30 logins: .*95 % confidence/,
    );
    expect((await ask(CREATE, '&sample=0')).finding('login_exists')).toBeUndefined();
  });

  test('what is under way already is told, and slows the forecast', async () => {
    await people(...Array.from({ length: 40 }, (_, i): [number, string] => [i + 1, `p${i + 1}@example.com`]));
    await world.rows(world.efs.admin, [
      Array.from({ length: 10 }, (_, i) => [i + 1, `a${i + 1}@example.com`, 'Ad', 'Min', null]),
    ]);
    const started = await api.post({ installation: 'werk', operation: 'create-admins' });
    const beside = await ask();
    expect(beside.body.forecast).toMatchObject({
      now: { people: 40, seconds: 4 },
      beside: { people: 40, seconds: 5, migrations: [started.body.id] },
    });
    const same = await ask({ installation: 'werk', operation: 'create-admins' });
    expect(same.finding('migration_unfinished')).toMatchObject({ severity: 'info' });
    const other = await ask({ installation: 'werk', operation: 'create-admins', selection: { ids: [1] } });
    expect(other.finding('migration_overlaps')).toMatchObject({ severity: 'error' });
    expect(other.finding('no_worker')).toMatchObject({ severity: 'warning' });
  });

  test('chosen ids that nobody has are told, whatever the operation', async () => {
    await people([1, 'one@example.com'], [2, ' ']);
    const selection = { ids: [7, 1, 2, 8, 7] };
    for (const operation of ['create-panelists', 'activate-panelists']) {
      const { finding, body } = await ask({ ...CREATE, operation, selection });
      expect(finding('id_unknown')).toMatchObject({ severity: 'warning', count: 2, examples: [7, 8] });
      expect(finding('id_unknown')?.message).toContain('no panelist');
      expect(body.counts.eligible + body.counts.skipped).toBe(2);
    }
    const known = await ask({ ...CREATE, selection: { ids: [2, 1] } });
    expect(known.finding('id_unknown')).toBeUndefined();
    expect((await ask()).finding('id_unknown')).toBeUndefined();
  });

  test('where there is nobody, or nobody left, it says so', async () => {
    expect((await ask()).finding('nothing_to_do')).toMatchObject({
      severity: 'info',
      message: expect.stringContaining('eligible'),
    });
    await people([1, 'one@example.com']);
    await world.rows(
      "INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid) VALUES (1, 1, '00u00000000000000001')",
    );
    expect((await ask()).finding('nothing_to_do')?.message).toBe('Everybody is done.');
  });

  test('while Redis or the database of the installation is away the rest is told', async () => {
    await people([1, 'one@example.com']);
    const [redis, efs] = [
      await createDoor(world.env.REDIS_URL ?? ''),
      await createDoor(world.env.EFS_URL ?? ''),
    ];
    const fastify = await openApi(world, { REDIS_URL: redis.url, EFS_URL: efs.url });
    redis.shut();
    const without = await ask(CREATE, '', fastify);
    expect(redis.tried()).toBeGreaterThan(0);
    expect(without.finding('redis_unreachable')).toMatchObject({ severity: 'error' });
    expect(without.body).toMatchObject({ counts: { eligible: 1 }, expected: { done: 1 }, allowance: null });
    redis.open();
    efs.shut();
    const unread = await ask(CREATE, '', fastify);
    expect(unread.finding('database_unusable')).toMatchObject({ severity: 'error' });
    expect(unread.body).toMatchObject({ counts: null, expected: null, forecast: null });
    await Promise.all([redis.close(), efs.close()]);
  });

  test('who hangs up has the pre-flight end: nobody reads people or asks Okta for them any longer', async () => {
    await people([1, 'one@example.com'], [2, 'two@example.com']);
    const fastify = await openApi(world);
    const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/v1/migrations?dryRun=true`;
    const reads = async () =>
      (await world.okta.control<{ calls: { byBucket: Record<string, number> } }>('GET', 'counters')).calls
        .byBucket['user-read'] ?? 0;
    const before = await reads();
    const headers = { ...AUTHORIZED, 'content-type': 'application/json' };
    const post = (signal: AbortSignal) =>
      fetch(url, { method: 'POST', headers, body: JSON.stringify(CREATE), signal });

    const fault = { kind: 'hold' };
    await world.okta.control('POST', 'faults', { path: '/api/v1/meta/schemas', times: 2, fault });
    const held = async () => (await world.okta.control<[{ fired: number }]>('GET', 'faults'))[0].fired;
    const hangUp = new AbortController();
    const hung = [post(hangUp.signal), post(hangUp.signal)].map((each) => each.catch((error) => error.name));
    await eventually(
      'two pre-flights wait for Okta, before they look at people',
      async () => (await held()) === 2,
    );
    hangUp.abort();
    expect(await Promise.all(hung)).toEqual(['AbortError', 'AbortError']);
    await world.okta.control('DELETE', 'faults');

    // Two at once are all that a process does: these two begin when those have ended.
    const answers = await Promise.all([1, 2].map(() => post(AbortSignal.timeout(60_000))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await reads()) - before).toBe(4); // two people, twice
  });

  test('a request that is wrong is refused as ever', async () => {
    const response = await api.fastify.inject({
      method: 'POST',
      url: '/v1/migrations?dryRun=perhaps&sample=201',
      headers: AUTHORIZED,
      payload: { installation: 'nobody', operation: 'create-panelists' },
    });
    expect(response.statusCode).toBe(400);
    const paths = (response.json().errors as { path: string }[]).map(({ path }) => path);
    expect(paths.sort()).toEqual(['/body/installation', '/query/dryRun', '/query/sample']);
  });

  test('who would get a mail when is a table that a spreadsheet takes for text', async () => {
    await people([1, '  =1+1@example.com'], [2, ' two@example.com '], [3, 'three@example.com']);
    await world.rows('INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid) VALUES ?', [
      [1, 2].map((id) => [1, id, `00u0000000000000000${id}`]),
    ]);
    const before = Date.now();
    const csv = async (operation: string) => {
      const response = await api.fastify.inject({
        method: 'POST',
        url: '/v1/migrations?dryRun=true',
        headers: { ...AUTHORIZED, accept: 'text/csv' },
        payload: {
          installation: 'werk',
          operation,
          ...(operation.startsWith('activate') && {
            options: { mailsPerMinute: 1, confirm: ['module-inactive'] },
          }),
        },
      });
      expect([response.statusCode, response.headers['content-type']]).toEqual([
        200,
        'text/csv; charset=utf-8',
      ]);
      return response.body.split('\r\n').map((line) => line.split(','));
    };
    const [header, one, two, ...rest] = await csv('activate-panelists');
    expect(header).toEqual(['id', 'kind', 'planned', 'mail']);
    expect([one?.[0], one?.[1], one?.[3]]).toEqual(['1', 'panelist', "'=1+1@example.com"]);
    expect([two?.[0], two?.[3]]).toEqual(['2', 'two@example.com']);
    expect(rest).toEqual([['']]); // who is not in Okta is not mailed
    const [first, second] = [one, two].map((row) => Date.parse(row?.[2] ?? ''));
    expect(first).toBeGreaterThanOrEqual(before);
    expect((second ?? 0) - (first ?? 0)).toBe(60_000);
    const { body } = await ask({
      installation: 'werk',
      operation: 'activate-panelists',
      options: { mailsPerMinute: 1, confirm: ['module-inactive'] },
    });
    expect(body).toMatchObject({ calls: 2, mails: 2, forecast: { now: { people: 2, seconds: 60 } } });
    const early = await ask({ installation: 'werk', operation: 'activate-panelists' });
    expect(early.finding('module_inactive')).toMatchObject({ severity: 'error' });
    expect(await csv('create-panelists')).toEqual([header, ['']]); // creation mails nobody
  });

  test('who shares a user in Okta with somebody who is mailed is offered, and not among the mails', async () => {
    await people([1, 'one@example.com'], [2, 'two@example.com'], [3, 'three@example.com']);
    await world.rows('INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid) VALUES ?', [
      [1, 2, 3].map((id) => [1, id, `00u0000000000000000${id}`]),
    ]);
    await world.ownRows(
      "INSERT INTO activations (installation, kind, subject_id, okta_id, state, migration_id) VALUES ('werk', 'admin', 7, '00u00000000000000001', 'pending', 1), ('werk', 'admin', 8, '00u00000000000000003', 'asked', 1)",
    );
    const payload = { ...CREATE, operation: 'activate-panelists', options: { confirm: ['module-inactive'] } };
    expect((await ask(payload)).body).toMatchObject({ counts: { remaining: 3 }, calls: 2, mails: 2 });
    const { body } = await api.fastify.inject({
      method: 'POST',
      url: '/v1/migrations?dryRun=true',
      headers: { ...AUTHORIZED, accept: 'text/csv' },
      payload,
    });
    expect(body.match(/[a-z]+@/g)).toEqual(['two@', 'three@']);
    await world.ownRows('DELETE FROM activations');
  });
});

describe('in a world that is changed', () => {
  beforeEach(open);
  afterEach(() => world.close());

  test('who has the login of an admin in Okta would fail, or be taken over where that is allowed', async () => {
    await people([1, 'both@example.com'], [2, 'two@example.com']);
    await world.rows(world.efs.admin, [[[7, 'BOTH@example.com', 'Ad', 'Min', null]]]);
    const early = await ask();
    expect(early.body.expected).toEqual({ done: 2, failed: 0, failedBy: {} }); // the admin is not there yet
    expect(early.finding('login_of_admin')).toMatchObject({ severity: 'info', count: 1, examples: [1] });
    const ofAdmins = await ask({ installation: 'werk', operation: 'create-admins' });
    expect(ofAdmins.finding('login_of_admin')).toBeUndefined();
    await world.rows("INSERT INTO iam_user_reference (user_id, uuid) VALUES (7, '00u00000000000000007')");
    const late = await ask();
    expect(late.body.expected).toEqual({ done: 1, failed: 1, failedBy: { login_taken: 1 } });
    expect(late.finding('login_of_admin')).toBeUndefined();

    Object.assign(world.file.installations.werk, { adoptExisting: 'same-person' });
    const generous = await ask(CREATE, '', await openApi(world));
    expect(generous.body.expected).toEqual({ done: 2, failed: 0, failedBy: {} });
    expect(generous.finding('adopted')).toMatchObject({ severity: 'info', count: 1, examples: [1] });
  });

  test('what the org does not have, or does not allow, is an error', async () => {
    await people([1, 'one@example.com']);
    const { werk } = world.file.installations;
    Object.assign(werk, { panelists: { ...werk.panelists, profile: { hair: { column: 'vorname' } } } });
    const { finding } = await ask(CREATE, '', await openApi(world));
    expect(finding('attribute_unknown')).toMatchObject({
      severity: 'error',
      message: expect.stringMatching('/installations/werk/panelists/profile/hair: .*no attribute hair'),
    });

    for (const operation of ['create-admins', 'activate-panelists']) {
      const other = await ask({ ...CREATE, operation }, '', await openApi(world));
      expect(other.finding('attribute_unknown')).toBeUndefined(); // they send nobody's hair
    }

    werk.groupId = '00gNOBODYHASTHISGRUP';
    const group = await ask(CREATE, '', await openApi(world));
    expect(group.finding('group_missing')).toMatchObject({ severity: 'error' });
    await world.okta.control('POST', 'token', { revoked: true });
    const { finding: refused, body } = await ask();
    expect(refused('credentials_refused')).toMatchObject({ severity: 'error' });
    expect(body.counts).toMatchObject({ eligible: 1 });
  });

  test('an allowance of which the token has a share, and one that is shut, is told', async () => {
    const { limiter } = world.open();
    const nothing = {
      limit: null,
      remaining: null,
      resetInMs: null,
      reset: null,
      closeForMs: null,
      crowded: false,
    };
    const users = { org: 'acme', bucket: 'users' } as const;
    await limiter.settle(await limiter.take(users), { ...nothing, limit: 300, remaining: 299 });
    const { body, finding } = await ask();
    expect(finding('token_share')).toMatchObject({
      severity: 'info',
      message: expect.stringContaining('300 of the 600'),
    });
    expect(body.forecast.now).toMatchObject({ perMinute: 300, source: 'seen' });
    await limiter.settle(await limiter.take(users), { ...nothing, closeForMs: 60_000 });
    expect((await ask()).finding('allowance_closed')).toMatchObject({ severity: 'warning' });
  });

  test('who has the login of somebody of another installation in the org would fail, unless logins are told apart', async () => {
    const other = await createDatabase('efs2');
    world.closeLater({ close: () => other.drop() });
    await createTables(other.url, world.efs);
    const connection = await createConnection({ uri: other.url });
    await connection.query(world.efs.admin, [[[3, 'One@example.com', 'Ad', 'Min', null]]]);
    await connection.query(
      "INSERT INTO iam_user_reference (user_id, uuid) VALUES (3, '00u00000000000000003')",
    );
    await connection.end();
    const installations = world.file.installations as Record<string, object>;
    const { werk } = world.file.installations;
    installations.labor = { ...werk, database: { env: 'LABOR_URL' } };
    await people([1, 'one@example.com'], [2, 'two@example.com']);

    const shared = await ask(CREATE, '', await openApi(world, { LABOR_URL: other.url }));
    expect(shared.body.expected).toEqual({ done: 1, failed: 1, failedBy: { login_taken: 1 } });
    const away = await ask(CREATE, '', await openApi(world, { LABOR_URL: `${other.url}_away` }));
    expect(away.finding('installation_unread')?.message).toContain('labor');
    expect(away.body.expected).toMatchObject({ done: 2 });

    for (const name of ['werk', 'labor'])
      Object.assign(installations[name] ?? {}, { login: '{installation}.{email}' });
    const apart = await ask(CREATE, '', await openApi(world, { LABOR_URL: other.url }));
    expect(apart.body.expected).toEqual({ done: 2, failed: 0, failedBy: {} });
  });
});
