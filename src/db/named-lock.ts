import type { Connection, RowDataPacket } from 'mysql2/promise';

const PATIENCE_SECONDS = 10;

/** Runs `work` while no other connection to this server holds the lock of that name. */
export async function withNamedLock<T>(
  connection: Connection,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const [[row]] = await connection.query<(RowDataPacket & { got: number | null })[]>(
    'SELECT GET_LOCK(?, ?) AS got',
    [name, PATIENCE_SECONDS],
  );
  if (row?.got !== 1) throw new Error(`lock ${name} was not free within ${PATIENCE_SECONDS} s`);
  try {
    return await work();
  } finally {
    await connection.query('DO RELEASE_LOCK(?)', [name]);
  }
}
