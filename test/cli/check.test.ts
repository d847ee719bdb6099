import { createDatabase } from '../support/databases.ts';
import { createDoor, type Door } from '../support/door.ts';
import { createTables } from '../support/efs.ts';
import { portage } from '../support/portage.ts';
import { createSettingsProgram } from '../support/settings-program.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const check = (file: unknown, env = world.env) => portage(['check'], file, env).ended;
const connect = (file: unknown, env = world.env) => portage(['check', '--connect'], file, env).ended;
const altered = (alter: (file: World['file']) => void) => {
  const file = structuredClone(world.file);
  alter(file);
  return file;
};
/** Paths and messages, one fault a line, without the last line that counts them. */
const lines = (err: string) => err.trim().split('\n').slice(0, -1).sort();

describe('check', () => {
  test('a valid configuration ends with code 0', async () => {
    expect(await check(world.file)).toMatchObject({
      code: 0,
      out: 'The configuration is valid.\n',
      err: '',
    });
  });

  test('every fault is named with its path, and the code is 2', async () => {
    const { EFS_URL: _, ...env } = world.env;
    const file = {
      ...world.file,
      api: { ...world.file.api, port: 'http' },
      orgs: { acme: { ...world.file.orgs.acme, baseUrl: 'http://acme.example.com' } },
      colour: 'red',
      installations: {
        werk: { ...world.file.installations.werk, org: 'nobody', login: '{email}-{name}' },
        empty: { database: { env: 'OKTA_TOKEN' }, org: 'acme', groupId: 'short' },
      },
    };
    const { code, out, err } = await check(file, env);
    expect([code, out]).toEqual([2, '']);
    expect(lines(err).map((line) => line.split('  ')[0])).toEqual([
      '/api/port',
      '/colour',
      '/installations/empty/groupId',
      '/installations/werk/database/env',
      '/installations/werk/login',
      '/installations/werk/org',
      '/orgs/acme/baseUrl',
    ]);
    expect(err.trim().split('\n').at(-1)).toBe('7 faults in the configuration; nothing was started.');
  });

  test.each([
    ['is not there', { PORTAGE_CONFIG: '/nowhere/portage.config.json' }, '{}'],
    ['is no JSON', {}, '{"api": '],
  ])('a file that %s is a fault', async (_, env, file) => {
    const { code, err } = await check(file, { ...world.env, ...env });
    expect(code).toBe(2);
    expect(lines(err)).toEqual([
      expect.stringMatching(/^\/ {2}cannot be read from \/\S+portage\.config\.json: /),
    ]);
  });
});

describe('check and the servers', () => {
  const doors: Record<string, Door> = {};
  let file: World['file'];
  let env: Record<string, string>;

  beforeAll(async () => {
    for (const name of ['REDIS_URL', 'DATABASE_URL', 'EFS_URL']) {
      doors[name] = await createDoor(world.env[name] ?? '');
    }
    const okta = await createDoor(world.okta.url);
    doors.okta = okta;
    file = altered(({ orgs }) => {
      orgs.acme.baseUrl = okta.url.replace(/\/$/, '');
    });
    env = { ...world.env };
    for (const [name, { url }] of Object.entries(doors)) if (name in env) env[name] = url;
  });
  afterAll(() => Promise.all(Object.values(doors).map((door) => door.close())));
  const tried = () => Object.fromEntries(Object.entries(doors).map(([name, door]) => [name, door.tried()]));

  test('without --connect no server is asked, of a valid configuration or a faulty one', async () => {
    expect((await check(file, env)).code).toBe(0);
    expect((await check({ ...file, colour: 'red' }, env)).code).toBe(2);
    expect(tried()).toEqual({ REDIS_URL: 0, DATABASE_URL: 0, EFS_URL: 0, okta: 0 });
  });

  test.each(['api', 'worker'])('%s refuses a faulty configuration and asks no server', async (command) => {
    const { code, err } = await portage([command], { ...file, colour: 'red' }, env).ended;
    expect(code).toBe(2);
    expect(lines(err)).toEqual(['/colour  is not a known setting']);
    expect(tried()).toEqual({ REDIS_URL: 0, DATABASE_URL: 0, EFS_URL: 0, okta: 0 });
  });

  test('with --connect a faulty configuration is refused before any server is asked', async () => {
    expect((await connect({ ...file, colour: 'red' }, env)).code).toBe(2);
    expect(tried()).toEqual({ REDIS_URL: 0, DATABASE_URL: 0, EFS_URL: 0, okta: 0 });
  });

  test('with --connect every server is asked', async () => {
    expect((await connect(file, env)).code).toBe(0);
    expect(Object.values(tried()).every((times) => times > 0)).toBe(true);
  });

  test('every server that is away is named, without address or password', async () => {
    for (const door of Object.values(doors)) door.shut();
    const { code, out, err } = await connect(file, env);
    expect([code, out]).toEqual([2, '']);
    expect(lines(err).map((line) => line.replace(/\(.*/, ''))).toEqual([
      '/database  cannot be reached ',
      '/installations/werk/database  cannot be reached ',
      '/redis  cannot be reached ',
    ]);
    for (const { port, password } of Object.values(env)
      .filter((value) => URL.canParse(value))
      .map((url) => new URL(url))) {
      expect(err).not.toContain(port);
      if (password) expect(err).not.toContain(password);
    }
    for (const door of Object.values(doors)) door.open();
  });

  test('an Okta that is away is named', async () => {
    doors.okta?.shut();
    const { code, err } = await connect(file, env);
    expect(code).toBe(2);
    expect(lines(err)).toEqual([expect.stringMatching(/^\/orgs\/acme\/baseUrl {2}cannot be reached \(E/)]);
    doors.okta?.open();
  });
});

describe('check --connect', () => {
  test('everything there ends with code 0, and an empty database stays empty', async () => {
    const empty = await createDatabase('empty');
    const { code, out, err } = await connect(world.file, { ...world.env, DATABASE_URL: empty.url });
    const tables = await world.rows('SELECT 1 FROM information_schema.tables WHERE table_schema = ?', [
      new URL(empty.url).pathname.slice(1),
    ]);
    await empty.drop();
    expect(tables).toEqual([]);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'The configuration is valid, and everything that it names answers.\n',
      err: '',
    });
  });

  test('missing tables and columns and a wrong group are all named, where the configuration has them', async () => {
    const file = altered(({ installations: { werk } }) => {
      werk.groupId = '00gNOBODYHASTHISGRUP';
      Object.assign(werk.panelists?.columns ?? {}, { firstName: 'rufname', status: 'lage' });
      Object.assign(werk.membership ?? {}, { table: 'zugaenge' });
    });
    await world.rows('ALTER TABLE iam_error_log RENAME COLUMN error_code TO code');
    const { code, err } = await connect(file);
    await world.rows('ALTER TABLE iam_error_log RENAME COLUMN code TO error_code');
    expect(code).toBe(2);
    expect(lines(err)).toEqual([
      '/installations/werk/database  table iam_error_log has no column error_code',
      expect.stringMatching(/^\/installations\/werk\/groupId {2}Okta: 404 E0000007 /),
      '/installations/werk/membership/table  table zugaenge cannot be read (ER_NO_SUCH_TABLE)',
      '/installations/werk/panelists/columns/firstName  table teilnehmer has no column rufname',
      '/installations/werk/panelists/columns/status  table teilnehmer has no column lage',
    ]);
  });

  test('what the status of references needs is looked for where it is configured', async () => {
    const file = altered(({ installations: { werk } }) => {
      Object.assign(werk.panelists ?? {}, { referenceStatus: { pending: 2 } });
    });
    await world.rows('ALTER TABLE iam_portal_user_reference RENAME COLUMN status TO lage');
    const [without, { err }] = [await connect(world.file), await connect(file)];
    await world.rows('ALTER TABLE iam_portal_user_reference RENAME COLUMN lage TO status');
    expect(without.code).toBe(0);
    expect(lines(err)).toEqual([
      '/installations/werk/database  table iam_portal_user_reference has no column status',
    ]);
  });

  test('a table of the reference kind that is not used need not be there', async () => {
    const file = altered(({ installations: { werk } }) => {
      delete (werk as { admins?: unknown }).admins;
    });
    await world.rows('RENAME TABLE iam_user_reference TO weg');
    const { code } = await connect(file);
    const { err } = await connect(world.file);
    await world.rows('RENAME TABLE weg TO iam_user_reference');
    expect(code).toBe(0);
    expect(lines(err)).toEqual([
      '/installations/werk/database  table iam_user_reference cannot be read (ER_NO_SUCH_TABLE)',
    ]);
  });

  test('settings are looked for where the configuration has them, and their programs are not run', async () => {
    const program = createSettingsProgram();
    const command = { write: [program.path('write')], read: ['no-such-program', '--now'] };
    const at = '/installations/werk/settings';
    const faultsWith = async (settings: object) => {
      const file = altered(({ installations }) => {
        Object.assign(installations.werk, { settings });
      });
      return lines((await connect(file)).err);
    };
    expect(await faultsWith({})).toEqual([`${at}/table  table config cannot be read (ER_NO_SUCH_TABLE)`]);
    expect(await faultsWith({ table: 'verwalter', columns: { key: 'post', value: 'wert' } })).toEqual([
      `${at}/columns/value  table verwalter has no column wert`,
    ]);
    expect(await faultsWith({ command })).toEqual([
      `${at}/command/read/0  is no program that can be run here`,
    ]);
    const { write } = command;
    expect(
      await faultsWith({ table: 'verwalter', columns: { key: 'post', value: 'nr' }, command: { write } }),
    ).toEqual([]);
    expect(program.values()).toEqual({});
    program.remove();
  });

  test('a wrong Okta token is named once, however many installations share it, and is not shown', async () => {
    const twin = await createDatabase('twin');
    await createTables(twin.url, world.efs);
    const file = {
      ...world.file,
      installations: {
        ...world.file.installations,
        zweitwerk: { ...world.file.installations.werk, database: { env: 'TWIN_URL' } },
      },
    };
    const env = { ...world.env, TWIN_URL: twin.url, OKTA_TOKEN: 'a-wrong-token' };
    const { code, err } = await connect(file, env);
    await twin.drop();
    expect(code).toBe(2);
    expect(lines(err)).toEqual([
      expect.stringMatching(/^\/orgs\/acme\/credentials\/apiToken {2}Okta: 401 E0000011 /),
    ]);
    expect(err).not.toContain('a-wrong-token');
  });

  test('a wrong password is named and not shown', async () => {
    const url = new URL(world.env.EFS_URL ?? '');
    Object.assign(url, { username: 'nobody-of-ours', password: 'a-wrong-password' });
    const { code, err } = await connect(world.file, { ...world.env, EFS_URL: url.href });
    expect(code).toBe(2);
    expect(lines(err)).toEqual(['/installations/werk/database  cannot be reached (ER_ACCESS_DENIED_ERROR)']);
  });
});

describe('help', () => {
  test('it names the commands and where the configuration is', async () => {
    const { code, out } = await portage(['--help'], '').ended;
    expect(code).toBe(0);
    for (const word of [
      'check',
      'api',
      'worker',
      'PORTAGE_CONFIG',
      'portage.config.json',
      '/docs',
      '/queues',
    ]) {
      expect(out).toContain(word);
    }
  });

  test('of check it names --connect and the exit code', async () => {
    const { code, out } = await portage(['check', '--help'], '').ended;
    expect(code).toBe(0);
    expect(out).toMatch(/--connect/);
    expect(out.replace(/\s+/g, ' ')).toContain('Exit code 2');
  });

  test('an unknown command is refused', async () => {
    const { code, err } = await portage(['emigrate'], '').ended;
    expect(code).not.toBe(0);
    expect(err).toContain('emigrate');
  });
});

describe('check --connect and the mapping of profiles', () => {
  const mapped = (profile: object) =>
    altered(({ installations: { werk } }) => {
      Object.assign(werk.panelists ?? {}, { profile });
    });

  test('columns and attributes that are there are right', async () => {
    const { code, err } = await connect(mapped({ displayName: { concat: ['vorname', 'nachname'] } }));
    expect([code, err]).toEqual([0, '']);
  });

  test('what the installation or the org lacks, and what the org requires, is named', async () => {
    const branch = { title: 'Branch', type: 'string', required: true };
    const schema = (property: object | null) =>
      fetch(`${world.okta.url}/api/v1/meta/schemas/user/default`, {
        method: 'POST',
        headers: { authorization: `SSWS ${world.env.OKTA_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ definitions: { custom: { properties: { branch: property } } } }),
      });
    expect((await schema(branch)).status).toBe(200);
    const { code, err } = await connect(mapped({ hair: { column: 'haar' }, locale: { column: 'nr' } }));
    await schema(null);
    expect(code).toBe(2);
    expect(lines(err)).toEqual([
      "/installations/werk/admins/profile  Okta's user schema requires branch: map it, or make it optional there",
      "/installations/werk/panelists/profile  Okta's user schema requires branch: map it, or make it optional there",
      "/installations/werk/panelists/profile/hair  Okta's user schema has no attribute hair: add it there or map another one",
      '/installations/werk/panelists/profile/hair  table teilnehmer has no column haar',
    ]);
  });
});

describe('check and apps', () => {
  test('what portals need of EFS, and the app of EFS itself, is compared with what is there', async () => {
    const file = altered(({ installations: { werk } }) => {
      Object.assign(werk.portals ?? {}, {
        columns: { id: 'kennung', urlName: 'adresse' },
        app: { label: '{portalId}', redirectUris: ['https://werk.example.com/{urlName}/'] },
      });
      Object.assign(werk, { efsApp: { id: '0oa00000000000000000' } });
    });
    const { code, err } = await connect(file);
    expect(code).toBe(2);
    expect(lines(err)).toEqual([
      '/installations/werk/efsApp/id  Okta has no such app: register EFS there, or correct the id',
      '/installations/werk/portals/columns/urlName  table eingang has no column adresse',
    ]);
  });
});
