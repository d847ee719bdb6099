import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Database } from '../db/pool.ts';

const TABLE = 'iam_token_data';
/** Rows deleted by one statement: EFS writes the table while people log in. */
const BATCH = 5_000;

/** How much is in `iam_token_data`, the answers of the identity provider to EFS' logins. */
export interface TokenDataSize {
  rows: number;
  /** On disk, by the server's statistics, which MySQL keeps for a day. */
  bytes: number;
}

/** Null when the installation has no such table: EFS is to keep them elsewhere one day. Reads none of their content. */
export async function tokenDataSize(db: Database): Promise<TokenDataSize | null> {
  const [[table]] = await db.query<(RowDataPacket & { bytes: string | number | null })[]>(
    `SELECT data_length + index_length AS bytes FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_name = ?`,
    [TABLE],
  );
  if (!table) return null;
  const [[row]] = await db.query<(RowDataPacket & { count: number })[]>('SELECT COUNT(*) AS count FROM ??', [
    TABLE,
  ]);
  return { rows: row?.count ?? 0, bytes: Number(table.bytes ?? 0) };
}

/** Deletes all rows that are there and returns how many; who is logged in has to log in again. */
export async function emptyTokenData(db: Database): Promise<number> {
  for (let deleted = 0; ; ) {
    const [{ affectedRows }] = await db.query<ResultSetHeader>('DELETE FROM ?? LIMIT ?', [TABLE, BATCH]);
    deleted += affectedRows;
    if (affectedRows < BATCH) return deleted;
  }
}
