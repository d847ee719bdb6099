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
  const next = attempt(1);
  const found = await next.find();
  expect(found?.login).toBe('ada@example.com');
  expect(found?.ageMs).toBeGreaterThanOrEqual(0);
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
  await fast.write('ada.byron@example.com');
  await slow.delete();
  expect(await attempt(3).find()).toMatchObject({ login: 'ada.byron@example.com' });
});
