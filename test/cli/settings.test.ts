import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portage } from '../support/portage.ts';
import { API_KEY, type Api, createWorld, type World } from '../support/world.ts';
import { onTerminal } from './terminal.ts';

let world: World;
let api: Api;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portage-cli-'));
  world = await createWorld();
  Object.assign(world.file.installations.werk, { settings: {} });
  await world.rows('CREATE TABLE config (name VARCHAR(100) PRIMARY KEY, value TEXT)');
  await world.rows("INSERT INTO verwalter VALUES (1, 'a@x.example', 'A', 'A', NULL)");
  api = await world.api();
  const url = await api.fastify.listen({ host: '127.0.0.1', port: 0 });
  env = { PORTAGE_API_URL: url, PORTAGE_API_KEY: API_KEY };
});
beforeEach(async () => {
  await world.rows('DELETE FROM config');
  await world.rows("INSERT INTO config VALUES ('iam_api_token', 'a-s3cret'), ('iam_module_active', '0')");
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const settings = (...args: string[]) => ['settings', ...args, '--installation', 'werk'];
const run = (...args: string[]) => portage(settings(...args), {}, env).ended;
const lines = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('list shows them in lines, or as a table, secrets only as set', async () => {
  const { code, out } = await run('list', '--text');
  expect([code, out]).toEqual([
    0,
    `\
KEY                OWNER  VALUE
iam_api_token      org    (set, secret)
iam_module_active  efs    0
`,
  ]);
  expect(lines((await run('list')).out)).toMatchObject([
    { key: 'iam_api_token', secret: true, value: null },
    { key: 'iam_module_active', value: '0' },
  ]);
});

test('set writes, and get shows who has changed it', async () => {
  expect(await run('set', 'iam_client_id', 'one')).toMatchObject({ code: 0, err: '' });
  expect((await run('set', 'iam_client_id', 'two')).code).toBe(0);
  expect((await run('get', 'iam_client_id', '--text')).out).toMatch(
    /^iam_client_id {2}two\n {2}\S+Z {2}one -> two {2}by tests\n {2}\S+Z {2}\(not set\) -> one {2}by tests\n$/,
  );
  expect(await world.rows("SELECT value FROM config WHERE name = 'iam_client_id'")).toEqual([
    { value: 'two' },
  ]);
});

test('a secret is asked for unseen, and shown nowhere', async () => {
  const asking = { question: 'iam_client_secret: ', answer: 'another-s3cret\n' };
  const { code, screen } = await onTerminal(settings('set', 'iam_client_secret', '--stdin'), env, asking);
  expect([code, await world.rows("SELECT value FROM config WHERE name = 'iam_client_secret'")]).toEqual([
    0,
    [{ value: 'another-s3cret' }],
  ]);
  expect(screen).toMatch(/\(not set\) -> \(set, secret\)/);
  expect(screen).not.toContain('s3cret');
  expect((await run('get', 'iam_client_secret')).out).not.toContain('another-s3cret');
});

test('whoever breaks that off sets nothing', async () => {
  const asking = { question: 'iam_client_secret: ', answer: '\u0003' };
  const { code, screen } = await onTerminal(settings('set', 'iam_client_secret', '--stdin'), env, asking);
  expect([code, screen]).toEqual([2, expect.stringContaining('Nothing was set.')]);
});

test('a value comes from standard input', async () => {
  const child = portage(settings('set', 'iam_client_id', '--stdin'), {}, env); // which is empty here
  expect(await child.ended).toMatchObject({ code: 0 });
  expect(await world.rows("SELECT value FROM config WHERE name = 'iam_client_id'")).toEqual([{ value: '' }]);
});

test('the module is not switched on while something is missing, unless that is confirmed', async () => {
  const refused = await run('set', 'iam_module_active', '1');
  expect([refused.code, refused.out]).toEqual([1, '']);
  expect(refused.err).toContain('1 admin neither created nor failed: run create-admins');
  const { code, out } = await run('set', 'iam_module_active', '1', '--confirm', 'incomplete', '--text');
  expect(code).toBe(0);
  expect(out).toMatch(/0 -> 1 {2}by tests \(incomplete confirmed\)/);
});

test('compare tells what differs, and ends with code 1 when something does', async () => {
  const file = join(folder, 'given.json');
  writeFileSync(file, JSON.stringify({ iam_api_token: 'a-s3cret', iam_module_active: '1' }));
  const { code, out } = await run('compare', '--file', file, '--text');
  expect([code, out]).toEqual([
    1,
    `\
KEY                OWNER           HERE  THERE
iam_module_active  efs    differs  0     1
`,
  ]);
  expect(lines((await run('compare', '--file', file, '--all')).out)).toMatchObject([
    { same: true },
    { same: false },
  ]);
  expect(await run('compare', '--with', 'werk', '--text')).toMatchObject({
    code: 0,
    out: 'They are all the same.\n',
  });
});

test('iam_token_data is measured, and emptied once that is wanted', async () => {
  await world.rows(
    'CREATE TABLE IF NOT EXISTS iam_token_data (session_id VARBINARY(50) NOT NULL, idp_response LONGTEXT NULL)',
  );
  await world.rows("INSERT INTO iam_token_data VALUES ('a', 'x'), ('b', 'y')");
  expect((await run('token-data', '--text')).out).toMatch(
    /^2 rows, [\d,]+ bytes on disk; none is older than 20\d\d-.*Z; last written: /,
  );
  expect(await run('token-data', '--empty')).toMatchObject({ code: 2, out: '' });
  const asking = { question: '[y/N]', answer: 'n\n' };
  expect((await onTerminal(settings('token-data', '--empty'), env, asking)).code).toBe(1);
  expect(await world.rows('SELECT 1 FROM iam_token_data')).toHaveLength(2);
  expect(await run('token-data', '--empty', '--yes', '--text')).toMatchObject({
    code: 0,
    out: '2 rows deleted.\n',
  });
  expect(await world.rows('SELECT 1 FROM iam_token_data')).toHaveLength(0);
});

test.each<[string, number, string[]]>([
  ['an installation that is not there', 1, ['settings', 'list', '--installation', 'nobody']],
  ['a key that is none of them', 2, settings('set', 'smtp_password', 'x')],
  ['no value', 2, settings('set', 'iam_client_id')],
  ['two values', 2, settings('set', 'iam_client_id', 'x', '--stdin')],
  ['two installations', 2, [...settings('list'), '--installation', 'labor']],
  ['two to compare with', 2, settings('compare', '--with', 'werk', '--with', 'labor')],
  ['nothing to compare with', 2, settings('compare')],
  ['a file that is no JSON', 2, settings('compare', '--file', '/dev/null')],
])('%s ends with code %i', async (_, wanted, args) => {
  const { code, out, err } = await portage(args, {}, env).ended;
  expect([code, out]).toEqual([wanted, '']);
  expect(err).not.toBe('');
});
