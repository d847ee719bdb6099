import { type Answer, once } from '../../src/db/idempotency.ts';
import { createOwnDatabase, type OwnDatabase } from './support.ts';

let own: OwnDatabase;
beforeAll(async () => {
  own = await createOwnDatabase();
});
afterEach(() => own.clear());
afterAll(() => own.close());

/** Counts how often it was done; the answer says which time it was. */
function counted() {
  let times = 0;
  const work = async (): Promise<Answer> => {
    times += 1;
    await own.db.query('SELECT 1'); // others come while it is under way
    return { status: 202, body: JSON.stringify({ times }) };
  };
  return { work, times: () => times };
}

const asked = { apiKey: 'ops', key: 'k1', request: '{"a":1}' };

test('the same request under the same key is done once and gets the same answer', async () => {
  const { work, times } = counted();
  const first = await once(own.db, asked, work);
  expect(first).toEqual({ status: 202, body: '{"times":1}' });
  expect(await once(own.db, asked, work)).toEqual(first);
  expect(times()).toBe(1);
});

test('the same request under the same key at the same instant is done once', async () => {
  const { work, times } = counted();
  const answers = await Promise.all([1, 2, 3].map(() => once(own.db, asked, work)));
  expect(times()).toBe(1);
  expect(new Set(answers.map((answer) => answer?.body))).toEqual(new Set(['{"times":1}']));
});

test('another request under the same key is not done', async () => {
  const { work, times } = counted();
  await once(own.db, asked, work);
  expect(await once(own.db, { ...asked, request: '{"a":2}' }, work)).toBeNull();
  expect(times()).toBe(1);
});

test.each([
  ['key', { key: 'K1' }],
  ["caller's key", { apiKey: 'dev' }],
])('another %s is another request', async (_, other) => {
  const { work, times } = counted();
  await once(own.db, asked, work);
  await once(own.db, { ...asked, ...other }, work);
  expect(times()).toBe(2);
});

test('work that failed has no answer, and is done when it is asked for again', async () => {
  const { work, times } = counted();
  const failing = async () => Promise.reject(new Error('database away'));
  await expect(once(own.db, asked, failing)).rejects.toThrow('database away');
  expect(await once(own.db, asked, work)).toMatchObject({ status: 202 });
  expect(times()).toBe(1);
});
