import { randomUUID } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import type { MigrationId, SubjectId } from '../domain/ids.ts';
import type { Migration } from '../domain/migration.ts';
import { operations, type SubjectKind } from '../domain/operations.ts';
import type { Database } from './pool.ts';

/** A user that Okta was asked to create, and may have. */
export interface Creation {
  login: string;
  ageMs: number;
}

/**
 * The note of one person's creation: written before Okta is asked, deleted when what it answered is carried out. By it
 * the user is found although the worker has died and the person was renamed or deleted meanwhile.
 */
export interface CreationNote {
  find(): Promise<Creation | null>;
  write(login: string): Promise<void>;
  /** Deletes the note that was found or written here, and no other attempt's. */
  delete(): Promise<void>;
}

type Key = [installation: string, kind: SubjectKind, subjectId: SubjectId];

export function creationNote(
  db: Database,
  { id, installation, operation }: Pick<Migration, 'id' | 'installation' | 'operation'>,
  subjectId: SubjectId,
): CreationNote {
  const key: Key = [installation, operations[operation].subject, subjectId];
  let known: string | null = null;
  return {
    async find() {
      const [[row]] = await db.query<(RowDataPacket & Creation & { attempt: string })[]>(
        `SELECT login, attempt, TIMESTAMPDIFF(MICROSECOND, noted_at, CURRENT_TIMESTAMP(3)) DIV 1000 AS ageMs
           FROM creations WHERE installation = ? AND kind = ? AND subject_id = ?`,
        key,
      );
      known = row?.attempt ?? null;
      return row ?? null;
    },
    async write(login) {
      known = randomUUID();
      await db.query(
        `REPLACE INTO creations (installation, kind, subject_id, attempt, migration_id, login, noted_at)
         VALUES (?, ?, ?, ?, ?, ?, CURRENT_TIMESTAMP(3))`,
        [...key, known, id, login],
      );
    },
    async delete() {
      if (known === null) return;
      await db.query(
        'DELETE FROM creations WHERE installation = ? AND kind = ? AND subject_id = ? AND attempt = ?',
        [...key, known],
      );
    },
  };
}

/** People of whom a migration does not know whether Okta has them, without those who have failed in it. */
export async function openCreations(db: Database, id: MigrationId, limit: number): Promise<SubjectId[]> {
  const [rows] = await db.query<(RowDataPacket & { subject_id: SubjectId })[]>(
    `SELECT subject_id FROM creations c
      WHERE migration_id = ?
        AND NOT EXISTS (SELECT 1 FROM failures f
                         WHERE f.migration_id = c.migration_id AND f.subject_id = c.subject_id)
      ORDER BY subject_id LIMIT ?`,
    [id, limit],
  );
  return rows.map((row) => row.subject_id);
}
