import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RowDataPacket } from 'mysql2/promise';
import { openDatabase } from '../../src/db/pool.ts';
import { updateSchema } from '../../src/db/schema.ts';
import { createDatabase } from '../support/databases.ts';

const run = promisify(execFile);
const SCHEMA = new URL('../../src/db/schema.ts', import.meta.url).href;

let database: Awaited<ReturnType<typeof createDatabase>>;
beforeEach(async () => {
  database = await createDatabase('schema');
});
afterEach(() => database.drop());

/** A process of its own that brings the schema up to date. */
const updateElsewhere = () =>
  run(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { updateSchema } from '${SCHEMA}'; await updateSchema('${database.url}');`,
  ]);

async function rows<T>(sql: string): Promise<(T & RowDataPacket)[]> {
  const db = openDatabase(database.url, 1);
  try {
    return (await db.query<(T & RowDataPacket)[]>(sql))[0];
  } finally {
    await db.end();
  }
}

test('several processes that start at once bring the schema up to date together', async () => {
  await Promise.all([updateElsewhere(), updateElsewhere(), updateElsewhere(), updateSchema(database.url)]);
  const tables = await rows<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
  );
  expect(tables.map(({ name }) => name)).toEqual([
    'activations',
    'allowance_overrides',
    'completions',
    'creations',
    'failures',
    'idempotency_keys',
    'migrations',
    'schema_versions',
    'settings_changes',
  ]);
});

test('a schema that is up to date stays as it is, with its rows', async () => {
  await updateSchema(database.url);
  await rows(
    `INSERT INTO migrations (installation, operation, selection, selection_hash)
     VALUES ('werk', 'create-admins', '{}', REPEAT('0', 64))`,
  );
  await updateSchema(database.url);
  expect(await rows('SELECT id FROM migrations')).toHaveLength(1);
});

test.each([
  ['a held migration without a reason', `state = 'held'`],
  ['a finished migration without its time', `state = 'finished'`],
  ['a time of finishing on one that runs', `finished_at = NOW(3)`],
  ['counts without their time', 'eligible = 5'],
  ['a state that nobody knows', `state = 'lost'`],
])('the table refuses %s', async (_, nonsense) => {
  await updateSchema(database.url);
  await rows(
    `INSERT INTO migrations (installation, operation, selection, selection_hash)
     VALUES ('werk', 'create-admins', '{}', REPEAT('0', 64))`,
  );
  await expect(rows(`UPDATE migrations SET ${nonsense}`)).rejects.toThrow();
});
