import { createWorld, type World } from '../support/world.ts';

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
