import { createConnection } from 'mysql2/promise';
import { createTables, germanEfs } from '../support/efs.ts';
import { startPrivateMysql } from '../support/private-servers.ts';
import { createEfs, type TestEfs } from './support.ts';

let efs: TestEfs;
beforeAll(async () => {
  efs = await createEfs();
});
afterAll(() => efs.close());

test('a database that can be read and written has no fault', async () => {
  expect(await efs.open().fault()).toBeNull();
});

test.each([
  ['the people', 'teilnehmer READ'],
  ['their references', 'iam_portal_user_reference WRITE'],
])('somebody who has locked the table of %s is a fault, as long as it is locked', async (_, lock) => {
  const installation = efs.open();
  await efs.query(`LOCK TABLES ${lock}`);
  const answers = await Promise.all([installation.fault(), installation.fault()]);
  await efs.query('UNLOCK TABLES');
  expect(answers).toEqual(['ER_LOCK_WAIT_TIMEOUT', 'ER_LOCK_WAIT_TIMEOUT']);
  expect(await installation.fault()).toBeNull();
});

test('a server that can only be read is a fault, until it can be written again', async () => {
  const mysql = await startPrivateMysql();
  try {
    const { url } = await mysql.createDatabase('efs');
    await createTables(url, germanEfs);
    // Who may do everything may also write to a server that is read-only.
    await onServer(url, "CREATE USER efs IDENTIFIED BY 'efs'");
    await onServer(url, 'GRANT SELECT, INSERT, UPDATE, DELETE ON efs.* TO efs');
    const installation = efs.open({ databaseUrl: url.replace('portage:portage', 'efs:efs') });
    expect(await installation.fault()).toBeNull();
    await onServer(url, 'SET GLOBAL read_only = ON');
    expect(await installation.fault()).toBe('ER_OPTION_PREVENTS_STATEMENT');
    await onServer(url, 'SET GLOBAL read_only = OFF');
    expect(await installation.fault()).toBeNull();
  } finally {
    await mysql.close();
  }
});

async function onServer(url: string, statement: string): Promise<void> {
  const server = await createConnection({ uri: url });
  await server.query(statement).finally(() => server.destroy());
}
