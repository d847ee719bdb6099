import { alone, withNamedLock } from '../../src/db/named-lock.ts';
import { createOwnDatabase, type OwnDatabase } from './support.ts';

let own: OwnDatabase;
let other: OwnDatabase;
beforeAll(async () => {
  [own, other] = await Promise.all([createOwnDatabase(), createOwnDatabase()]);
});
afterAll(() => Promise.all([own.close(), other.close()]));

async function locked<T>({ db }: OwnDatabase, name: string, work: () => Promise<T>): Promise<T> {
  const connection = await db.getConnection();
  try {
    return await withNamedLock(connection, name, work);
  } finally {
    connection.release();
  }
}

test('who holds a lock is alone', async () => {
  let [inside, most] = [0, 0];
  await Promise.all(
    Array.from({ length: 6 }, () =>
      locked(own, 'a', async () => {
        inside += 1;
        most = Math.max(most, inside);
        await own.db.query('SELECT 1');
        inside -= 1;
      }),
    ),
  );
  expect(most).toBe(1);
});

test('a lock of another name is free', async () => {
  expect(await locked(own, 'a', () => locked(own, 'b', async () => 'both'))).toBe('both');
});

test('the same name in another database is another lock, on the same server as well', async () => {
  expect(await locked(own, 'a', () => locked(other, 'a', async () => 'both'))).toBe('both');
});

test('work that throws gives the lock back', async () => {
  await expect(locked(own, 'a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await locked(own, 'a', async () => 'free')).toBe('free');
});

test('work that loses the connection ends as it ends, and the lock is free', async () => {
  const killed = alone(own.db, 'a', async (connection) => {
    await own.db.query('KILL ?', [connection.threadId]);
    await connection.query('SELECT 1').catch(() => {});
    throw new Error('for this');
  });
  await expect(killed).rejects.toThrow('for this');
  expect(await locked(own, 'a', async () => 'free')).toBe('free');
});

test('a name may be of any length', async () => {
  expect(await locked(own, 'x'.repeat(500), async () => 'done')).toBe('done');
});
