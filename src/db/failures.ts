import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { type Failure, passingFailures } from '../domain/failure.ts';
import type { MigrationId, SubjectId } from '../domain/ids.ts';
import type { Migration } from '../domain/migration.ts';
import type { Operation } from '../domain/operations.ts';
import type { FailureCode } from '../domain/outcome.ts';
import type { Database } from './pool.ts';

export interface RecordedFailure extends Failure {
  subjectId: SubjectId;
  at: Date;
}

/**
 * Records why a subject failed; the first record stays. Not when the migration is held or looks again since it was read,
 * before the attempt: then the row is offered again, and false. But nobody offers again whom EFS has deleted.
 */
export async function recordFailure(
  db: Database,
  { id, looks }: Pick<Migration, 'id' | 'looks'>,
  subjectId: SubjectId,
  { code, message, okta }: Failure,
): Promise<boolean> {
  const [{ affectedRows }] = await db.query<ResultSetHeader>(
    `INSERT INTO failures
            (migration_id, subject_id, code, message, okta_status, okta_code, okta_text, okta_request_id)
     SELECT id, ?, ?, ?, ?, ?, ?, ? FROM migrations
      WHERE id = ? AND (state = 'running' AND looks = ? OR ? = 'left_in_okta') LOCK IN SHARE MODE
         ON DUPLICATE KEY UPDATE subject_id = VALUES(subject_id)`,
    [
      subjectId,
      code,
      message,
      okta?.status ?? null,
      okta?.code.slice(0, 36) ?? null,
      okta?.text ?? null,
      okta?.requestId?.slice(0, 64) ?? null,
      id,
      looks,
      code,
    ],
  );
  return affectedRows > 0;
}

/** The subjects from `fromId` to `toId`, both included, that have failed in this migration. */
export async function failedBetween(
  db: Database,
  migrationId: MigrationId,
  fromId: number,
  toId: number,
): Promise<Set<SubjectId>> {
  const [rows] = await db.query<(RowDataPacket & { subject_id: SubjectId })[]>(
    'SELECT subject_id FROM failures WHERE migration_id = ? AND subject_id BETWEEN ? AND ?',
    [migrationId, fromId, toId],
  );
  return new Set(rows.map((row) => row.subject_id));
}

export type SubjectStanding = { kind: 'open' } | { kind: 'not-running' | 'already-failed' };

/** Whether a subject is still to be worked on, as far as the migration knows. */
export async function standingIn(
  db: Database,
  migrationId: MigrationId,
  subjectId: SubjectId,
): Promise<SubjectStanding> {
  const [[row]] = await db.query<(RowDataPacket & { running: 0 | 1; failed: 0 | 1 })[]>(
    `SELECT state = 'running' AS running,
            EXISTS (SELECT 1 FROM failures WHERE migration_id = ? AND subject_id = ?) AS failed
       FROM migrations WHERE id = ?`,
    [migrationId, subjectId, migrationId],
  );
  if (!row?.running) return { kind: 'not-running' };
  return { kind: row.failed ? 'already-failed' : 'open' };
}

export async function countFailures(db: Database, migrationId: MigrationId): Promise<number> {
  const [[row]] = await db.query<(RowDataPacket & { count: number })[]>(
    'SELECT COUNT(*) AS count FROM failures WHERE migration_id = ?',
    [migrationId],
  );
  return row?.count ?? 0;
}

/** The subjects with a failure in any migration of this operation, by id; `passing`: with none but such as may pass. */
export async function failedSubjects(
  db: Database,
  installation: string,
  operation: Operation,
): Promise<{ id: SubjectId; passing: boolean }[]> {
  const [rows] = await db.query<(RowDataPacket & { id: SubjectId; passing: 0 | 1 })[]>(
    `SELECT f.subject_id AS id, MIN(f.code IN (?)) AS passing
       FROM failures f JOIN migrations m ON m.id = f.migration_id
      WHERE m.installation = ? AND m.operation = ? GROUP BY f.subject_id ORDER BY f.subject_id`,
    [passingFailures, installation, operation],
  );
  return rows.map(({ id, passing }) => ({ id, passing: passing === 1 }));
}

/**
 * Deletes the failures of this code and of these people, without either all of them, and returns how many they
 * were. `left_in_okta` stays: nobody is left to offer again, and nothing else names the user.
 */
export async function deleteFailures(
  connection: PoolConnection,
  migrationId: MigrationId,
  { code, ids }: { code?: string; ids?: number[] },
): Promise<number> {
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(
    `DELETE FROM failures
      WHERE migration_id = ? AND code <> 'left_in_okta' AND code = IFNULL(?, code)${ids ? ' AND subject_id IN (?)' : ''}`,
    [migrationId, code ?? null, ids],
  );
  return affectedRows;
}

interface FailureRow extends RowDataPacket {
  subject_id: SubjectId;
  code: FailureCode;
  message: string;
  okta_status: number | null;
  okta_code: string | null;
  okta_text: string | null;
  okta_request_id: string | null;
  created_at: Date;
}

/** A page of failures in the order of the subjects' ids. */
export async function listFailures(
  db: Database,
  migrationId: MigrationId,
  afterId: number,
  limit: number,
): Promise<RecordedFailure[]> {
  const [rows] = await db.query<FailureRow[]>(
    `SELECT subject_id, code, message, okta_status, okta_code, okta_text, okta_request_id, created_at
       FROM failures WHERE migration_id = ? AND subject_id > ? ORDER BY subject_id LIMIT ?`,
    [migrationId, afterId, limit],
  );
  return rows.map(toFailure);
}

function toFailure(row: FailureRow): RecordedFailure {
  const { okta_status: status, okta_code: code, okta_text: text, okta_request_id: requestId } = row;
  return {
    subjectId: row.subject_id,
    code: row.code,
    message: row.message,
    okta: status === null ? null : { status, code: code ?? '', text: text ?? '', requestId },
    at: row.created_at,
  };
}
