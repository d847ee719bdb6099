import { createWorld, type World } from '../support/world.ts';
import { postTo } from './support.ts';

const WANTED = { installation: 'werk', operation: 'activate-admins' };

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.rows('CREATE TABLE settings (name VARCHAR(100), value TEXT)');
});
afterAll(() => world.close());
afterEach(async () => {
  await world.ownRows('DELETE FROM migrations');
  await world.rows('DELETE FROM settings');
});

/** The API with these settings of the installation configured. */
async function api(settings?: object) {
  const { werk } = world.file.installations;
  Object.assign(world.file.installations, { werk: { ...werk, settings } });
  return world.api();
}
const setTo = (value: string) => world.rows("INSERT INTO settings VALUES ('iam_module_active', ?)", [value]);

test.each([
  ['0', 'is not 1'],
  [null, 'is not set'],
])('mails are refused while the module is %j', async (value, why) => {
  if (value !== null) await setTo(value);
  const { status, body } = await (await api({ table: 'settings' })).post(WANTED);
  expect([status, body.code]).toEqual([409, 'module_inactive']);
  expect(body.detail).toContain(`iam_module_active ${why}`);
  expect(await world.ownRows('SELECT 1 FROM migrations')).toEqual([]);
});

test('mails are refused while nobody can tell whether the module is active', async () => {
  const unknown = await (await api()).post(WANTED);
  expect([unknown.body.code, unknown.body.detail]).toEqual([
    'module_inactive',
    expect.stringContaining('settings are not configured'),
  ]);
  const { body } = await (await api({ table: 'elsewhere' })).post(WANTED);
  expect([body.code, body.detail]).toEqual([
    'module_inactive',
    expect.stringContaining('table elsewhere cannot be read'),
  ]);
});

test('mails go out while the module is active, without a confirmation', async () => {
  await setTo('1');
  const { status, body } = await (await api({ table: 'settings' })).post(WANTED);
  expect([status, body.options]).toEqual([202, {}]);
});

test('mails go out while the module is inactive once that is confirmed, which is on record', async () => {
  await setTo('0');
  const options = { confirm: ['module-inactive'], mailsPerDay: 5 };
  const { status, body } = await (await api({ table: 'settings' })).post({ ...WANTED, options });
  expect([status, body.options, body.createdBy]).toEqual([202, options, 'tests']);
});

test('people are created whatever the module is', async () => {
  const { status } = await (await api()).post({ ...WANTED, operation: 'create-admins' });
  expect(status).toBe(202);
});

test.each(['held', 'paused'])(
  'a %s migration sends no mails while the module is inactive again',
  async (state) => {
    await setTo('1');
    const its = await api({ table: 'settings' });
    const { id } = (await its.post(WANTED)).body;
    await world.ownRows(
      "UPDATE migrations SET state = ?, held_reason = IF(state = 'held', 'a reason', NULL)",
      [state],
    );
    await world.rows("UPDATE settings SET value = '0'");
    const { status, body } = await postTo(its, `/v1/migrations/${id}/resume`);
    expect([status, body.code, body.detail]).toEqual([
      409,
      'module_inactive',
      expect.stringMatching(/Set it to 1 first\.$/),
    ]);
    expect((await its.get(`/v1/migrations/${id}`)).body.state).toBe(state);
  },
);

test('a finished migration sends no mails again while the module is inactive', async () => {
  await setTo('1');
  const its = await api({ table: 'settings' });
  const { id } = (await its.post(WANTED)).body;
  await world.ownRows(
    "INSERT INTO failures (migration_id, subject_id, code, message) VALUES (?, 1, 'okta_status', '')",
    [id],
  );
  await world.ownRows("UPDATE migrations SET state = 'finished', finished_at = NOW()");
  await world.rows("UPDATE settings SET value = '0'");
  const { status, body } = await postTo(its, `/v1/migrations/${id}/retry`, {});
  expect([status, body.code]).toEqual([409, 'module_inactive']);
  expect(await world.ownRows('SELECT state FROM migrations')).toEqual([{ state: 'finished' }]);
});
