import { randomUUID } from 'node:crypto';
import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
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
  /** False when there is a note of another attempt's that was not found here: it is not to be lost. */
  write(login: string): Promise<boolean>;
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
      const attempt = randomUUID();
      const values: Values = [attempt, id, login];
      const written = known === null ? await insert(db, key, values) : await replace(db, key, known, values);
      if (written) known = attempt;
      return written;
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

type Values = [attempt: string, id: MigrationId, login: string];

async function insert(db: Database, key: Key, values: Values): Promise<boolean> {
  try {
    await db.query(
      `INSERT INTO creations (installation, kind, subject_id, attempt, migration_id, login, noted_at)
       VALUES (?, ?, ?, ?, ?, ?, CURRENT_TIMESTAMP(3))`,
      [...key, ...values],
    );
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ER_DUP_ENTRY') return false;
    throw error;
  }
}

async function replace(db: Database, key: Key, known: string, values: Values): Promise<boolean> {
  const [{ affectedRows }] = await db.query<ResultSetHeader>(
    `UPDATE creations SET attempt = ?, migration_id = ?, login = ?, noted_at = CURRENT_TIMESTAMP(3)
      WHERE installation = ? AND kind = ? AND subject_id = ? AND attempt = ?`,
    [...values, ...key, known],
  );
  return affectedRows === 1;
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
