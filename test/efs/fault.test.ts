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
