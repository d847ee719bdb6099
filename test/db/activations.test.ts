import {
  activationsBetween,
  findActivation,
  mailsSince,
  noteAsked,
  recordActivation,
  unnote,
} from '../../src/db/activations.ts';
import type { MigrationId, OktaUserId, SubjectId } from '../../src/domain/ids.ts';
import { DAY, MINUTE } from '../../src/time.ts';
import { createOwnDatabase, type OwnDatabase } from './support.ts';

const people = { installation: 'werk', kind: 'panelist' } as const;
const [one, other] = [1 as MigrationId, 2 as MigrationId];
const mailedAt = new Date('2026-03-01T10:00:00.123Z');

let own: OwnDatabase;
beforeAll(async () => {
  own = await createOwnDatabase();
});
afterEach(() => own.db.query('DELETE FROM activations'));
afterAll(() => own.close());

const user = (id: number, n = id) => ({
  id: id as SubjectId,
  oktaId: `00u${String(n).padStart(17, '0')}` as OktaUserId,
});
const find = (id: number) => findActivation(own.db, people, user(id));
const ask = (id: number, found: Awaited<ReturnType<typeof find>>, migration = one) =>
  noteAsked(own.db, people, user(id), migration, found);
const record = (id: number, values: Partial<Parameters<typeof recordActivation>[3]> = {}) =>
  recordActivation(own.db, people, user(id), { state: 'pending', migrationId: one, mailedAt, ...values });

test('a person is found as recorded, to the millisecond, and of no other kind or installation', async () => {
  await record(1);
  expect(await find(1)).toMatchObject({
    oktaId: user(1).oktaId,
    state: 'pending',
    migrationId: one,
    mailedAt,
  });
  expect(await findActivation(own.db, { ...people, kind: 'admin' }, user(1))).toBeNull();
  expect(await findActivation(own.db, { ...people, installation: 'labor' }, user(1))).toBeNull();
});

test('people are found by a range of ids, both ends included', async () => {
  for (const id of [1, 2, 3, 4]) await record(id);
  expect([...(await activationsBetween(own.db, people, 2, 3)).keys()]).toEqual([2, 3]);
});

test('of two who are about to ask for the same mail, one does', async () => {
  expect(await Promise.all([ask(1, null), ask(1, null)])).toContain(false);
  expect(await find(1)).toMatchObject({ state: 'asked', migrationId: one });
  await record(2);
  const found = await find(2);
  const asked = await Promise.all([ask(2, found, other), ask(2, found, other)]);
  expect(asked.toSorted()).toEqual([false, true]);
});

test('who finds the note of a lost attempt may ask again', async () => {
  await ask(1, null);
  expect(await ask(1, await find(1), other)).toBe(true);
  expect(await find(1)).toMatchObject({ state: 'asked', migrationId: other });
});

test('what was noted of a person as another user in Okta does not count, and goes with the next note', async () => {
  await record(1);
  expect(await findActivation(own.db, people, user(1, 9))).toBeNull();
  expect(await noteAsked(own.db, people, user(1, 9), other, null)).toBe(true);
  expect(await find(1)).toBeNull();
  expect(await findActivation(own.db, people, user(1, 9))).toMatchObject({ state: 'asked' });
});

test('what was noted before the user was kept counts, and has the user from the next note on', async () => {
  await record(1);
  await own.db.query('UPDATE activations SET okta_id = NULL');
  const found = await find(1);
  expect(found).toMatchObject({ oktaId: null, mailedAt });
  expect(await ask(1, found, other)).toBe(true);
  expect(await find(1)).toMatchObject({ oktaId: user(1).oktaId, state: 'asked' });
});

test('of two people who are one user each knows when the other was mailed', async () => {
  const admins = { ...people, kind: 'admin' } as const;
  const later = new Date(mailedAt.getTime() + DAY);
  await record(1);
  await record(2);
  await recordActivation(own.db, admins, user(7, 1), { state: 'asked', migrationId: other, mailedAt: later });
  expect(await find(1)).toMatchObject({ state: 'pending', mailedAt, userMailedAt: later });
  expect(await find(2)).toMatchObject({ mailedAt, userMailedAt: mailedAt });
  expect((await activationsBetween(own.db, people, 1, 1)).get(user(1).id)).toEqual(await find(1));
});

test('of two who are about to ask for a mail to the same user as two people, one does', async () => {
  const admins = { ...people, kind: 'admin' } as const;
  await record(1);
  await recordActivation(own.db, admins, user(7, 1), { state: 'pending', migrationId: one, mailedAt });
  const [asPanelist, asAdmin] = [await find(1), await findActivation(own.db, admins, user(7, 1))];
  expect(await noteAsked(own.db, admins, user(7, 1), other, asAdmin)).toBe(true);
  expect(await ask(1, asPanelist, other)).toBe(false);
  expect(await find(1)).toMatchObject({ state: 'pending', migrationId: one, mailedAt });
});

test('a note that is taken back leaves what was there before', async () => {
  await ask(1, null);
  await unnote(own.db, people, user(1), null);
  expect(await find(1)).toBeNull();
  await record(2);
  const found = await find(2);
  await ask(2, found, other);
  await unnote(own.db, people, user(2), found);
  expect(await find(2)).toEqual(found);
});

test('a note that has become a record is not taken back', async () => {
  await ask(1, null);
  await record(1);
  await unnote(own.db, people, user(1), null);
  expect(await find(1)).toMatchObject({ state: 'pending' });
});

test("a migration's mails are counted back from now, those that were only asked for among them", async () => {
  await record(1, { mailedAt: 'now' });
  await ask(2, null);
  await record(3, { mailedAt: new Date(Date.now() - 2 * MINUTE) });
  await record(4, { mailedAt: 'now', migrationId: other });
  await record(5, { mailedAt: null });
  await record(6, { mailedAt: new Date(Date.now() - 2 * DAY) });
  expect([await mailsSince(own.db, one, MINUTE), await mailsSince(own.db, one, DAY)]).toEqual([2, 3]);
});
