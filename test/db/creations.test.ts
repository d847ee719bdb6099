import { creationNote } from '../../src/db/creations.ts';
import type { MigrationId, SubjectId } from '../../src/domain/ids.ts';
import { createOwnDatabase, type OwnDatabase } from './support.ts';

let own: OwnDatabase;
let id: MigrationId;
beforeAll(async () => {
  own = await createOwnDatabase();
  id = await own.insert();
});
afterAll(() => own.close());

const attempt = (subjectId: number) =>
  creationNote(own.db, { id, installation: 'werk', operation: 'create-panelists' }, subjectId as SubjectId);

test('a note is found by the next attempt, with its age, until it is deleted', async () => {
  expect(await attempt(1).find()).toBeNull();
  const first = attempt(1);
  await first.write('ada@example.com');
  await own.db.query('UPDATE creations SET noted_at = noted_at - INTERVAL 90 SECOND');
  const next = attempt(1);
  const found = await next.find();
  expect(found?.login).toBe('ada@example.com');
  expect(found?.ageMs).toBeGreaterThanOrEqual(90_000);
  expect(found?.ageMs).toBeLessThan(10 * 90_000);
  await next.delete();
  expect(await attempt(1).find()).toBeNull();
});

test('who has neither found nor written a note deletes none', async () => {
  const blind = attempt(2);
  await blind.find();
  await attempt(2).write('ada@example.com');
  await blind.delete();
  expect(await attempt(2).find()).toMatchObject({ login: 'ada@example.com' });
});

test('who was overtaken leaves the note of the other', async () => {
  const [slow, fast] = [attempt(3), attempt(3)];
  await slow.write('ada@example.com');
  await fast.find();
  expect(await fast.write('ada.byron@example.com')).toBe(true);
  await slow.delete();
  expect(await slow.write('ada@example.org')).toBe(false);
  expect(await attempt(3).find()).toMatchObject({ login: 'ada.byron@example.com' });
});

test('a note that was not there at the look is not written over, and not deleted by who tried', async () => {
  const late = attempt(4);
  expect(await late.find()).toBeNull();
  expect(await attempt(4).write('ada@example.com')).toBe(true);
  expect(await late.write('ada.byron@example.com')).toBe(false);
  await late.delete();
  expect(await attempt(4).find()).toMatchObject({ login: 'ada@example.com' });
});

test('a note whose author has deleted it meanwhile is not written again', async () => {
  const [author, next] = [attempt(5), attempt(5)];
  await author.write('ada@example.com');
  await next.find();
  await author.delete();
  expect(await next.write('ada@example.com')).toBe(false);
});
