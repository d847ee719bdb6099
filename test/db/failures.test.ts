import {
  countFailures,
  deleteFailures,
  failedBetween,
  listFailures,
  recordFailure,
  standingIn,
} from '../../src/db/failures.ts';
import { findMigration, moveCursor } from '../../src/db/migrations.ts';
import type { Failure } from '../../src/domain/failure.ts';
import type { MigrationId, SubjectId } from '../../src/domain/ids.ts';
import type { Migration } from '../../src/domain/migration.ts';
import { anOktaError } from '../support/factories.ts';
import { createOwnDatabase, type OwnDatabase } from './support.ts';

let own: OwnDatabase;
let id: MigrationId;
beforeAll(async () => {
  own = await createOwnDatabase();
});
beforeEach(async () => {
  id = await own.insert();
});
afterEach(() => own.clear());
afterAll(() => own.close());

const refused: Failure = { code: 'okta_refused', message: 'Okta refused.', okta: anOktaError() };
const unusable: Failure = { code: 'mail_missing', message: 'No mail.', okta: null };
const read = async () => (await findMigration(own.db, id)) as Migration;
const record = (subject: number, failure = refused, migration = id) =>
  recordFailure(own.db, { id: migration, looks: 0 }, subject as SubjectId, failure);

test('a failure is read as it was recorded', async () => {
  await record(7);
  await record(8, unusable);
  expect(await listFailures(own.db, id, 0, 10)).toEqual([
    { subjectId: 7, ...refused, at: expect.any(Date) },
    { subjectId: 8, ...unusable, at: expect.any(Date) },
  ]);
});

test('the first record stays', async () => {
  await record(7, unusable);
  await record(7, refused);
  expect(await listFailures(own.db, id, 0, 10)).toMatchObject([unusable]);
});

test('whoever failed before the migration was held is not recorded, but offered again', async () => {
  await own.db.query("UPDATE migrations SET state = 'held', held_reason = 'why' WHERE id = ?", [id]);
  expect(await record(7)).toBe(false);
  expect(await countFailures(own.db, id)).toBe(0);
});

test('nor whoever failed in an attempt from before failures were forgotten', async () => {
  const before = await read();
  await own.look(id, 1);
  expect(await recordFailure(own.db, before, 7 as SubjectId, refused)).toBe(false);
  expect(await recordFailure(own.db, await read(), 7 as SubjectId, refused)).toBe(true);
});

test('but whoever failed while the loop began another pass', async () => {
  const before = await read();
  await moveCursor(own.db, id, before.cursor, { ...before.cursor, pass: 2 });
  expect(await recordFailure(own.db, before, 7 as SubjectId, refused)).toBe(true);
});

test('whom nobody can offer again is recorded in any case', async () => {
  await own.db.query("UPDATE migrations SET looks = 1, state = 'held', held_reason = 'why' WHERE id = ?", [
    id,
  ]);
  expect(await record(7, { code: 'left_in_okta', message: 'Left.', okta: null })).toBe(true);
});

test('of many records at once one stays', async () => {
  await Promise.all(Array.from({ length: 10 }, () => record(7)));
  expect(await countFailures(own.db, id)).toBe(1);
});

test('no answer at all, status 0, is an answer of its own kind and not none', async () => {
  const okta = { status: 0, code: 'ECONNRESET', text: 'no answer', requestId: null };
  await record(7, { ...refused, okta });
  expect((await listFailures(own.db, id, 0, 10))[0]?.okta).toEqual(okta);
});

test('ids longer than their columns are cut and cost nothing', async () => {
  const okta = anOktaError({ code: 'x'.repeat(100), requestId: 'y'.repeat(100) });
  await record(7, { ...refused, okta });
  expect((await listFailures(own.db, id, 0, 10))[0]?.okta).toMatchObject({
    code: 'x'.repeat(36),
    requestId: 'y'.repeat(64),
  });
});

test('those who have failed between two ids are found, both ends included', async () => {
  for (const subject of [4, 5, 7, 9, 10]) await record(subject);
  expect([...(await failedBetween(own.db, id, 5, 9))]).toEqual([5, 7, 9]);
});

test("another migration's failures are not this one's", async () => {
  const other = await own.insert({ portal: 1 });
  await record(7, refused, other);
  expect(await standingIn(own.db, id, 7 as SubjectId)).toEqual({ kind: 'open' });
  expect(await standingIn(own.db, other, 7 as SubjectId)).toEqual({ kind: 'already-failed' });
  expect(await countFailures(own.db, id)).toBe(0);
});

test('a list goes on behind an id, in order', async () => {
  for (const subject of [30, 4, 12]) await record(subject);
  const listed = async (after: number, limit: number) =>
    (await listFailures(own.db, id, after, limit)).map(({ subjectId }) => subjectId);
  expect(await listed(0, 2)).toEqual([4, 12]);
  expect(await listed(12, 2)).toEqual([30]);
});

describe('deleting', () => {
  const remove = async (wanted: Parameters<typeof deleteFailures>[2]) => {
    const connection = await own.db.getConnection();
    const deleted = await deleteFailures(connection, id, wanted);
    connection.release();
    const left = (await listFailures(own.db, id, 0, 10)).map(({ subjectId }) => subjectId);
    return { deleted, left };
  };
  beforeEach(async () => {
    await record(1, unusable);
    await record(2, refused);
    await record(3, unusable);
  });

  test.each([
    ['all without a wish', {}, { deleted: 3, left: [] }],
    ['those of a code', { code: 'mail_missing' }, { deleted: 2, left: [2] }],
    ['those of these people', { ids: [2, 3, 4] }, { deleted: 2, left: [1] }],
    ['those of both', { code: 'mail_missing', ids: [2, 3] }, { deleted: 1, left: [1, 2] }],
    ['none of a code that nobody has', { code: 'mail_invalid' }, { deleted: 0, left: [1, 2, 3] }],
  ])('takes %s', async (_, wanted, result) => {
    expect(await remove(wanted)).toEqual(result);
  });

  test('leaves the users of whom nothing else tells', async () => {
    await record(4, { code: 'left_in_okta', message: 'Remove 00u1.', okta: null });
    expect(await remove({})).toEqual({ deleted: 3, left: [4] });
    expect(await remove({ code: 'left_in_okta' })).toEqual({ deleted: 0, left: [4] });
  });

  test("leaves another migration's", async () => {
    const other = await own.insert({ portal: 1 });
    await record(1, refused, other);
    await remove({});
    expect(await countFailures(own.db, other)).toBe(1);
  });
});
