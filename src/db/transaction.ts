import type { PoolConnection } from 'mysql2/promise';
import type { Database } from './pool.ts';

/**
 * Commits what `work` has done, or nothing of it. READ COMMITTED: without it, the gaps that neighbours lock while
 * they look for what is not there deadlock.
 */
export async function inTransaction<T>(
  db: Database,
  work: (connection: PoolConnection) => Promise<T>,
): Promise<T> {
  const connection = await db.getConnection();
  try {
    await connection.query('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await connection.beginTransaction();
    const result = await work(connection);
    await connection.commit();
    connection.release();
    return result;
  } catch (error) {
    connection.destroy(); // rolls back on the server, whatever state the connection is in
    throw error;
  }
}
