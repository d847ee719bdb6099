import { createConnection } from 'mysql2/promise';
import { changeSetting } from '../../src/efs/change-setting.ts';
import type { Installation } from '../../src/efs/installation.ts';
import { type Settings, SettingsUnreadable } from '../../src/efs/settings.ts';
import { createOwnDatabase, type OwnDatabase } from '../db/support.ts';

let own: OwnDatabase;
beforeAll(async () => {
  own = await createOwnDatabase(1);
});
afterEach(() => own.db.query('DELETE FROM settings_changes'));
afterAll(() => own.close());

const config = { name: 'werk', settings: null } as Installation['config'];
const change = (settings: Partial<Settings>) =>
  changeSetting(
    own.db,
    {
      config,
      settings: {
        list: async () => [],
        get: async () => null,
        set: async () => ({ kind: 'written' }),
        ...settings,
      },
    },
    { key: 'iam_client_id', value: 'new', by: 'tests' },
  );
const recorded = async () =>
  (await own.db.query('SELECT outcome, old_value, new_value FROM settings_changes'))[0];

test('a change is on record before it is written', async () => {
  let before: unknown;
  await change({
    async set() {
      const connection = await createConnection(own.url); // the change has the only one of the pool
      [before] = await connection.query('SELECT outcome FROM settings_changes');
      await connection.end();
      return { kind: 'failed', why: 'no' };
    },
  });
  expect(before).toEqual([{ outcome: 'begun' }]);
  expect(await recorded()).toEqual([{ outcome: 'failed', old_value: null, new_value: 'new' }]);
});

test('one that could not be read back stays without an end', async () => {
  let reads = 0;
  const get = async () => {
    reads += 1;
    if (reads > 1) throw new SettingsUnreadable('gone');
    return 'old';
  };
  await expect(change({ get })).rejects.toThrow(SettingsUnreadable);
  expect(await recorded()).toEqual([{ outcome: 'begun', old_value: 'old', new_value: 'new' }]);
});

test('one that reads otherwise says so', async () => {
  expect(await change({ get: async () => 'old' })).toEqual({ kind: 'differs' });
  expect(await recorded()).toMatchObject([{ outcome: 'differs' }]);
});

test('many at once need one connection each', async () => {
  const values = new Map<string, string>();
  const settings: Settings = {
    list: async () => [],
    get: async (key) => values.get(key) ?? null,
    async set(key, value) {
      values.set(key, value);
      return { kind: 'written' };
    },
  };
  const changes = ['a', 'b', 'c'].map((value) =>
    changeSetting(own.db, { config, settings }, { key: 'iam_client_id', value, by: 'tests' }),
  );
  expect(await Promise.all(changes)).toEqual(changes.map(() => ({ kind: 'written', changed: true })));
});

test('the table refuses a secret with a value', async () => {
  const insert = `INSERT INTO settings_changes (installation, setting, secret, was_set, is_set, new_value, changed_by)
                  VALUES ('werk', 'iam_api_token', TRUE, FALSE, TRUE, 's3cret', 'tests')`;
  await expect(own.db.query(insert)).rejects.toThrow(/secrets_have_no_values/);
});
