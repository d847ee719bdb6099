import type { RowDataPacket } from 'mysql2/promise';
import { inTransaction } from '../../src/db/transaction.ts';
import { isOutage } from '../../src/outage.ts';
import { createOwnDatabase, type OwnDatabase } from './support.ts';

let own: OwnDatabase;
beforeAll(async () => {
  own = await createOwnDatabase();
});
afterAll(() => own.close());

test('a connection that is lost between two statements is an outage, and nothing of them is done', async () => {
  const id = await own.insert();
  const lost = inTransaction(own.db, async (connection) => {
    await connection.query("UPDATE migrations SET state = 'paused' WHERE id = ?", [id]);
    await own.db.query('KILL ?', [connection.threadId]);
    await connection.query('DO 1').catch(() => {}); // now it is known to be lost
    await connection.query('DO 1');
  });
  const error: unknown = await lost.catch((error: unknown) => error);
  expect(error).toBeInstanceOf(Error);
  expect(isOutage(error)).toBe(true);
  const [rows] = await own.db.query<RowDataPacket[]>('SELECT state FROM migrations WHERE id = ?', [id]);
  expect(rows).toEqual([{ state: 'running' }]);
});
