import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { createDatabases } from '../../demo/databases.ts';
import { eventually } from '../support/eventually.ts';

const SERVER = process.env.DATABASE_URL ?? '';

async function query(sql: string): Promise<RowDataPacket[]> {
  const connection = await createConnection(SERVER);
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  await connection.end();
  return rows;
}

const names = async () => (await query('SHOW DATABASES')).map((row) => String(Object.values(row)[0]));

/** Another test's run may be the one that drops it, at this moment. */
const untilGone = (name: string) =>
  eventually(`${name} is gone`, async () => !(await names()).includes(name));

test('a run has two databases of its own and drops them', async () => {
  const { run, portageUrl, installationUrl, drop } = await createDatabases(SERVER);
  const own = [`portage_demo_${run}`, `portage_demo_efs_${run}`];
  expect([portageUrl, installationUrl].map((url) => new URL(url).pathname.slice(1))).toEqual(own);
  expect(await names()).toEqual(expect.arrayContaining(own));
  await drop();
  expect((await names()).filter((name) => own.includes(name))).toEqual([]);
});

test("a killed run's databases are dropped by the next one, a running one's are not", async () => {
  const alive = await createDatabases(SERVER);
  await query('CREATE DATABASE portage_demo_efs_00000bad');
  await query('CREATE DATABASE IF NOT EXISTS portage_demo_of_somebody');
  const next = await createDatabases(SERVER);
  expect(next.leftovers).not.toContain(alive.run);
  const present = await names();
  expect(present).toEqual(expect.arrayContaining([`portage_demo_${alive.run}`, 'portage_demo_of_somebody']));
  await untilGone('portage_demo_efs_00000bad');
  await query('DROP DATABASE portage_demo_of_somebody');
  await Promise.all([alive.drop(), next.drop()]);
});
