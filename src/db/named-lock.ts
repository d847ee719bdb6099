import type { Connection, PoolConnection, RowDataPacket } from 'mysql2/promise';
import type { Database } from './pool.ts';

const PATIENCE_SECONDS = 20;

/** Somebody else has held a lock for longer than anybody waits; trying again later is all there is to do. */
export class LockBusy extends Error {
  override name = 'LockBusy';
}

/** Runs `work` while no other connection to this database holds the lock of that name. */
export async function withNamedLock<T>(
  connection: Connection,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  // Locks belong to the server: hashed with the database's name, two Portages on one server have their own.
  const lock = "CONCAT('portage.', SHA1(CONCAT(DATABASE(), '.', ?)))";
  const [[row]] = await connection.query<(RowDataPacket & { got: number | null })[]>(
    `SELECT GET_LOCK(${lock}, ?) AS got`,
    [name, PATIENCE_SECONDS],
  );
  if (row?.got !== 1) throw new LockBusy(`lock ${name} was not free within ${PATIENCE_SECONDS} s`);
  try {
    return await work();
  } finally {
    // With the connection the lock is gone, too; what is told is how the work has ended.
    await connection.query(`DO RELEASE_LOCK(${lock})`, [name]).catch(() => connection.destroy());
  }
}

/** The same on a connection of its own, which `work` gets; those who wait for the lock may hold all the others. */
export async function alone<T>(
  db: Database,
  name: string,
  work: (connection: PoolConnection) => Promise<T>,
): Promise<T> {
  const connection = await db.getConnection();
  try {
    return await withNamedLock(connection, name, () => work(connection));
  } finally {
    connection.release();
  }
}
