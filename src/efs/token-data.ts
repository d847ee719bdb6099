import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Database } from '../db/pool.ts';

const TABLE = 'iam_token_data';
/** Rows deleted by one statement: EFS writes the table while people log in. */
const BATCH = 5_000;

/** How much is in `iam_token_data`, and since when: the answers of the identity provider to EFS' logins. */
export interface TokenDataSize {
  rows: number;
  /** On disk, by the server's statistics, which MySQL keeps for a day. */
  bytes: number;
  /** No row is older. */
  createdAt: Date | null;
  /** By the same statistics; null: nobody has written since the server was started, or it does not tell. */
  lastWrittenAt: Date | null;
}

/** Null when the installation has no such table: EFS is to keep them elsewhere one day. Reads none of their content. */
export async function tokenDataSize(db: Database): Promise<TokenDataSize | null> {
  const [[table]] = await db.query<TableRow[]>(
    `SELECT data_length + index_length AS bytes, create_time AS createdAt, update_time AS lastWrittenAt
       FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_name = ?`,
    [TABLE],
  );
  if (!table) return null;
  const [[row]] = await db.query<(RowDataPacket & { count: number })[]>('SELECT COUNT(*) AS count FROM ??', [
    TABLE,
  ]);
  const { bytes, createdAt, lastWrittenAt } = table;
  return { rows: row?.count ?? 0, bytes: Number(bytes ?? 0), createdAt, lastWrittenAt };
}

interface TableRow extends RowDataPacket {
  bytes: string | number | null;
  createdAt: Date | null;
  lastWrittenAt: Date | null;
}

/** Deletes all rows that are there and returns how many; who is logged in has to log in again. */
export async function emptyTokenData(db: Database): Promise<number> {
  for (let deleted = 0; ; ) {
    const [{ affectedRows }] = await db.query<ResultSetHeader>('DELETE FROM ?? LIMIT ?', [TABLE, BATCH]);
    deleted += affectedRows;
    if (affectedRows < BATCH) return deleted;
  }
}
