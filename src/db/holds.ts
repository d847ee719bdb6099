import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Hold } from '../domain/hold.ts';
import type { MigrationId } from '../domain/ids.ts';
import type { Database } from './pool.ts';

/** Holds the running migrations of these installations; the number of them. */
export async function holdMigrations(
  db: Database,
  installations: string[],
  { reason, probed }: Hold,
  probeMs: number,
): Promise<number> {
  const [{ affectedRows }] = await db.query<ResultSetHeader>(
    `UPDATE migrations
        SET state = 'held', held_reason = ?,
            probe_at = IF(?, TIMESTAMPADD(MICROSECOND, ? * 1000, CURRENT_TIMESTAMP(3)), NULL)
      WHERE state = 'running' AND installation IN (?)`,
    [reason, probed, probeMs, installations],
  );
  return affectedRows;
}

/** Held migrations of these installations that are to be probed, of which a caller gets each one alone. */
export async function claimProbes(
  db: Database,
  installations: string[],
  probeMs: number,
): Promise<{ id: MigrationId; installation: string }[]> {
  const [due] = await db.query<(RowDataPacket & { id: MigrationId; installation: string; probe_at: Date })[]>(
    `SELECT id, installation, probe_at FROM migrations
      WHERE state = 'held' AND probe_at <= CURRENT_TIMESTAMP(3) AND installation IN (?)`,
    [installations],
  );
  const claimed = await Promise.all(
    due.map(async ({ id, probe_at: at }) => {
      const [{ affectedRows }] = await db.query<ResultSetHeader>(
        `UPDATE migrations SET probe_at = TIMESTAMPADD(MICROSECOND, ? * 1000, CURRENT_TIMESTAMP(3))
          WHERE id = ? AND state = 'held' AND probe_at = ?`,
        [probeMs, id, at],
      );
      return affectedRows === 1;
    }),
  );
  return due.filter((_, i) => claimed[i]).map(({ id, installation }) => ({ id, installation }));
}

/** Lets a migration go on whose probe has succeeded. */
export async function releaseMigration(db: Database, id: MigrationId): Promise<boolean> {
  const [{ affectedRows }] = await db.query<ResultSetHeader>(
    `UPDATE migrations SET state = 'running', held_reason = NULL, probe_at = NULL
      WHERE id = ? AND state = 'held' AND probe_at IS NOT NULL`,
    [id],
  );
  return affectedRows === 1;
}
