import { type Connection, createConnection } from 'mysql2/promise';
import { createDatabases, type Databases } from '../../demo/databases.ts';
import { bothEnds } from '../../demo/ends.ts';
import { createInstallation, type Plan } from '../../demo/installation.ts';
import { createGroup } from '../../demo/okta.ts';
import { createPeople } from '../../demo/people.ts';
import { faultsOf } from '../../demo/summary.ts';
import { create, type Org, startOrg, stopAll, TOKEN } from '../simulator/support.ts';

/** One admin and one panelist, both without fault. */
const PEOPLE = createPeople(7, { admins: 1, panelists: 1 });
const [ADMIN] = [...PEOPLE.admins].map(({ row }) => ({ uid: row.uid, mail: row.email ?? '' }));
const [PANELIST] = [...PEOPLE.panelists].map(({ row, portals }) => ({
  uid: row.uid,
  mail: row.u_email ?? '',
  portal: portals[0],
}));

let databases: Databases;
let connection: Connection;
let plan: Plan;
let org: Org;
let groupId: string;

beforeEach(async () => {
  databases = await createDatabases(process.env.DATABASE_URL ?? '');
  plan = await createInstallation(databases.installationUrl, PEOPLE);
  connection = await createConnection(databases.installationUrl);
  org = await startOrg();
  groupId = await createGroup(org.url, TOKEN, 'everybody of the installation');
});

afterEach(async () => {
  await connection.end();
  await databases.drop();
  await stopAll();
});

const user = async (login: string, groupIds = [groupId]) =>
  (await create(org, login, false, { groupIds })).id;
const referAdmin = (oktaId: string) =>
  connection.query('INSERT INTO iam_user_reference (user_id, uuid) VALUES (?, ?)', [ADMIN?.uid, oktaId]);
const referPanelist = (oktaId: string) =>
  connection.query('INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid) VALUES (?, ?, ?)', [
    PANELIST?.portal,
    PANELIST?.uid,
    oktaId,
  ]);

/** Both people as they should be. */
async function migrateBoth(): Promise<void> {
  await referAdmin(await user(ADMIN?.mail ?? ''));
  await referPanelist(await user(PANELIST?.mail ?? ''));
}

const read = () => bothEnds(databases.installationUrl, { url: org.url, groupId });
const faults = async () => faultsOf(await read(), plan);

test('people who are all referenced rightly are no fault', async () => {
  await migrateBoth();
  const ends = await read();
  expect(faultsOf(ends, plan)).toEqual([]);
  expect(ends).toMatchObject({
    admins: { eligible: 1, referenced: 1, failed: 0, skipped: 0 },
    panelists: { eligible: 1, referenced: 1, failed: 0, skipped: 0 },
    okta: { users: 2, calls: 2, throttled: 0, busiestMinute: 2 },
    duplicates: { oktaUsers: 0, references: 0 },
  });
});

test('somebody who is not referenced has failed, and was not made to', async () => {
  await referAdmin(await user(ADMIN?.mail ?? ''));
  expect((await read()).panelists).toMatchObject({ eligible: 1, referenced: 0, failed: 1 });
  expect(await faults()).toEqual(['1 failed, but 0 were made to fail']);
});

test('a user of Okta whom nobody refers to is found', async () => {
  await migrateBoth();
  const stray = await user('stray@mail.example');
  expect(await faults()).toEqual([`Okta's user ${stray} is referenced by nobody`]);
});

test('references to nobody, to another login and out of the group are found', async () => {
  await referAdmin('00u00000000000000000');
  expect(await faults()).toContain(
    `admin ${ADMIN?.uid} is referenced to 00u00000000000000000, which Okta does not have`,
  );
  const other = await user('somebody.else@mail.example');
  await referPanelist(other);
  expect(await faults()).toContain(`panelist ${PANELIST?.uid} is referenced to ${other} of another login`);
  await connection.query('DELETE FROM iam_user_reference');
  const outside = await user(ADMIN?.mail ?? '', []);
  await referAdmin(outside);
  expect(await faults()).toContain(
    `admin ${ADMIN?.uid} is referenced to ${outside}, which is not in the group`,
  );
});

test('a reference that is there twice, and two people with one Okta user, are found', async () => {
  await migrateBoth();
  const twice = await user('twice@mail.example');
  await referAdmin(twice);
  await referPanelist(twice);
  const ends = await read();
  expect(ends.duplicates.references).toBe(2);
  expect(faultsOf(ends, plan)).toEqual(
    expect.arrayContaining([
      '2 references too many',
      `panelist ${PANELIST?.uid} and admin ${ADMIN?.uid} are both referenced to ${twice}`,
    ]),
  );
});

test('somebody who is referenced although a rule leaves them out is found', async () => {
  await migrateBoth();
  await connection.query('UPDATE panelists SET pstatus = 9');
  expect(await faults()).toEqual([
    '1 referenced although a rule leaves them out',
    'other people were skipped than were made to be',
  ]);
});

test('portals without an app, and mails that are more than people, are found', async () => {
  await migrateBoth();
  const portals = { eligible: 2, done: 2, failed: 0 };
  const story = { portals, activated: { admins: 1, panelists: 1 }, mails: 2, seconds: 1 };
  const ends = await read();
  expect(faultsOf(ends, plan, story)).toEqual([]);
  expect(faultsOf(ends, plan, { ...story, portals: { ...portals, done: 1 }, mails: 3 })).toEqual([
    '1 of 2 portals have no app',
    '3 mails to 2 people',
  ]);
});
