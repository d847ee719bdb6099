import type { SettingsConfig } from '../../src/config/config.ts';
import { type Database, openDatabase } from '../../src/db/pool.ts';
import { openSettings } from '../../src/efs/open-settings.ts';
import { SettingsUnreadable } from '../../src/efs/settings.ts';
import { createDatabase } from '../support/databases.ts';
import { createSettingsProgram, type SettingsProgram } from '../support/settings-program.ts';

let database: Awaited<ReturnType<typeof createDatabase>>;
let db: Database;
let program: SettingsProgram;

beforeAll(async () => {
  database = await createDatabase('settings');
  db = openDatabase(database.url, 5);
  await db.query('CREATE TABLE config (name VARCHAR(100) PRIMARY KEY, value TEXT)');
  await db.query('CREATE TABLE einstellung (schluessel VARCHAR(100), wert TEXT)');
});
beforeEach(async () => {
  program = createSettingsProgram();
  await db.query('DELETE FROM config');
  await db.query('DELETE FROM einstellung');
});
afterEach(() => program.remove());
afterAll(async () => {
  await db.end();
  await database.drop();
});

const inConfig = { table: 'config', columns: { key: 'name', value: 'value' }, secretKeys: [] };
const settings = (config: Partial<SettingsConfig> = {}) =>
  openSettings(db, { ...inConfig, command: null, ...config });
type Program = Parameters<SettingsProgram['path']>[0];
const commanded = (write: Program, read: Program | null = 'read', timeoutMs = 60_000) => {
  const path = (script: Program) => [program.path(script)];
  return settings({ command: { write: path(write), read: read && path(read), timeoutMs } });
};

describe.each([
  ['a table', () => settings()],
  [
    'a table of other names',
    () => settings({ table: 'einstellung', columns: { key: 'schluessel', value: 'wert' } }),
  ],
  ['a command', () => commanded('write')],
])('in %s', (_, open) => {
  test('what is not set is null, and is not listed', async () => {
    expect(await open().get('iam_module_active')).toBeNull();
    expect(await open().list()).toEqual([]);
  });

  test('what was set is read and listed, once, by key', async () => {
    for (const value of ['0', '1']) {
      expect(await open().set('iam_module_active', value)).toEqual({ kind: 'written' });
    }
    await open().set('iam_client_id', 'a client');
    expect(await open().get('iam_module_active')).toBe('1');
    expect(await open().list()).toEqual([
      { key: 'iam_client_id', value: 'a client' },
      { key: 'iam_module_active', value: '1' },
    ]);
  });

  test('a value is taken as it is, whatever a shell or SQL would make of it', async () => {
    const value = `$(id) "quoted" 'twice'; DROP TABLE config; -- \\ Übung %s`;
    await open().set('iam_redirect_url', value);
    expect(await open().get('iam_redirect_url')).toBe(value);
  });
});

test("EFS' other settings are not listed", async () => {
  await db.query("INSERT INTO config VALUES ('iam_sso_modules', 'a'), ('iamx', 'b'), ('smtp_password', 'c')");
  expect(await settings().list()).toEqual([{ key: 'iam_sso_modules', value: 'a' }]);
});

test('a table that cannot be used is told by its code, without the value', async () => {
  const nowhere = settings({ table: 'nowhere' });
  await expect(nowhere.list()).rejects.toThrow(
    new SettingsUnreadable('table nowhere cannot be read (ER_NO_SUCH_TABLE)'),
  );
  expect(await nowhere.set('iam_api_token', 'a-s3cret')).toEqual({
    kind: 'failed',
    why: 'table nowhere could not be written (ER_NO_SUCH_TABLE)',
  });
});

test('a command that only writes leaves the reading to the table', async () => {
  await db.query("INSERT INTO config VALUES ('iam_module_active', '0')");
  const written = await commanded('write', null).set('iam_module_active', '1');
  expect([written.kind, program.values()]).toEqual(['written', { iam_module_active: '1' }]);
  expect(await commanded('write', null).get('iam_module_active')).toBe('0');
});

test('a command gets its own arguments first', async () => {
  const write = ['/usr/bin/env', 'sh', program.path('write')];
  await settings({ command: { write, read: null, timeoutMs: 60_000 } }).set('iam_client_id', 'x');
  expect(program.values()).toEqual({ iam_client_id: 'x' });
});

test('a command does not see what Portage has in its environment', async () => {
  process.env.OKTA_TOKEN_OF_NOBODY = 'a-s3cret';
  await commanded('environment').set('iam_client_id', 'x');
  delete process.env.OKTA_TOKEN_OF_NOBODY;
  const { iam_client_id: text = '' } = program.values();
  expect(text).toMatch(/^PATH=/m);
  expect(text).not.toMatch(/OKTA|DATABASE|s3cret/);
});

test.each<[string, Program, number, string]>([
  ['ends badly', 'fail', 60_000, 'fail ended with code 7'],
  ['never ends', 'hang', 300, 'hang did not end within 0.3 s'],
])('a command that %s has failed, and what it prints is not told', async (_, script, timeoutMs, why) => {
  expect(await commanded(script, 'read', timeoutMs).set('iam_api_token', 'a-s3cret')).toEqual({
    kind: 'failed',
    why,
  });
  await expect(commanded('write', script, timeoutMs).get('iam_api_token')).rejects.toThrow(
    new SettingsUnreadable(why),
  );
});

test('a command that is not there has failed', async () => {
  const command = { write: ['/nowhere/helper'], read: null, timeoutMs: 5_000 };
  expect(await settings({ command }).set('iam_client_id', 'x')).toEqual({
    kind: 'failed',
    why: 'helper could not be run (ENOENT)',
  });
});
