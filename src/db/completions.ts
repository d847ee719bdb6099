import type { RowDataPacket } from 'mysql2/promise';
import type { MigrationId, SubjectId } from '../domain/ids.ts';
import type { Database } from './pool.ts';

/** Remembers that a migration is done with a subject; once more is as good as once. */
export async function complete(db: Database, id: MigrationId, subjectId: SubjectId): Promise<void> {
  await db.query(
    `INSERT INTO completions (migration_id, subject_id) VALUES (?, ?)
         ON DUPLICATE KEY UPDATE subject_id = VALUES(subject_id)`,
    [id, subjectId],
  );
}

/** The subjects from `fromId` to `toId`, both included, that this migration is done with. */
export async function completedBetween(
  db: Database,
  id: MigrationId,
  fromId: number,
  toId: number,
): Promise<Set<SubjectId>> {
  const [rows] = await db.query<(RowDataPacket & { subject_id: SubjectId })[]>(
    'SELECT subject_id FROM completions WHERE migration_id = ? AND subject_id BETWEEN ? AND ?',
    [id, fromId, toId],
  );
  return new Set(rows.map((row) => row.subject_id));
}

export async function countCompletions(db: Database, id: MigrationId): Promise<number> {
  const [[row]] = await db.query<(RowDataPacket & { count: number })[]>(
    'SELECT COUNT(*) AS count FROM completions WHERE migration_id = ?',
    [id],
  );
  return row?.count ?? 0;
}
