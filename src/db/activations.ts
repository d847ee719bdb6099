import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Activation } from '../domain/activation.ts';
import type { MigrationId, SubjectId } from '../domain/ids.ts';
import type { PersonKind } from '../domain/operations.ts';
import type { Database } from './pool.ts';

/** People of one kind in one installation. */
export interface People {
  installation: string;
  kind: PersonKind;
}

type Row = RowDataPacket & Activation & { subjectId: SubjectId };

const COLUMNS = 'subject_id AS subjectId, state, migration_id AS migrationId, mailed_at AS mailedAt';

export async function findActivation(
  db: Database,
  { installation, kind }: People,
  id: SubjectId,
): Promise<Activation | null> {
  const [[row]] = await db.query<Row[]>(
    `SELECT ${COLUMNS} FROM activations WHERE installation = ? AND kind = ? AND subject_id = ?`,
    [installation, kind, id],
  );
  return row ?? null;
}

/** Those from `fromId` to `toId`, both included. */
export async function activationsBetween(
  db: Database,
  { installation, kind }: People,
  fromId: number,
  toId: number,
): Promise<Map<SubjectId, Activation>> {
  const [rows] = await db.query<Row[]>(
    `SELECT ${COLUMNS} FROM activations WHERE installation = ? AND kind = ? AND subject_id BETWEEN ? AND ?`,
    [installation, kind, fromId, toId],
  );
  return new Map(rows.map((row) => [row.subjectId, row]));
}

/**
 * Notes that Okta is about to be asked for a mail, unless somebody else has changed what was found here: then false,
 * and it is not to be asked.
 */
export async function noteAsked(
  db: Database,
  { installation, kind }: People,
  id: SubjectId,
  migrationId: MigrationId,
  found: Activation | null,
): Promise<boolean> {
  const key = [installation, kind, id];
  const [{ affectedRows }] = found
    ? await db.query<ResultSetHeader>(
        `UPDATE activations SET state = 'asked', migration_id = ?, mailed_at = CURRENT_TIMESTAMP(3)
          WHERE installation = ? AND kind = ? AND subject_id = ?
            AND state = ? AND migration_id = ? AND mailed_at <=> ?`,
        [migrationId, ...key, found.state, found.migrationId, found.mailedAt],
      )
    : await db.query<ResultSetHeader>(
        `INSERT IGNORE INTO activations (installation, kind, subject_id, state, migration_id, mailed_at)
         VALUES (?, ?, ?, 'asked', ?, CURRENT_TIMESTAMP(3))`,
        [...key, migrationId],
      );
  return affectedRows === 1;
}

/** Takes a note back: Okta has surely sent no mail. */
export async function unnote(
  db: Database,
  { installation, kind }: People,
  id: SubjectId,
  found: Activation | null,
): Promise<void> {
  if (found) await recordActivation(db, { installation, kind }, id, found);
  else {
    await db.query(
      "DELETE FROM activations WHERE installation = ? AND kind = ? AND subject_id = ? AND state = 'asked'",
      [installation, kind, id],
    );
  }
}

/** `mailedAt` `now` is the database's time. */
export async function recordActivation(
  db: Database,
  { installation, kind }: People,
  id: SubjectId,
  { state, migrationId, mailedAt }: Omit<Activation, 'mailedAt'> & { mailedAt: Date | 'now' | null },
): Promise<void> {
  const at = mailedAt === 'now' ? 'CURRENT_TIMESTAMP(3)' : '?';
  await db.query(
    `INSERT INTO activations (installation, kind, subject_id, state, migration_id, mailed_at)
     VALUES (?, ?, ?, ?, ?, ${at})
         ON DUPLICATE KEY UPDATE state = VALUES(state), migration_id = VALUES(migration_id), mailed_at = VALUES(mailed_at)`,
    [installation, kind, id, state, migrationId, ...(mailedAt === 'now' ? [] : [mailedAt])],
  );
}

/** Mails of a migration in the last so many milliseconds; those that were only asked for count. */
export async function mailsSince(db: Database, id: MigrationId, lastMs: number): Promise<number> {
  const [[row]] = await db.query<(RowDataPacket & { mails: number })[]>(
    `SELECT COUNT(*) AS mails FROM activations
      WHERE migration_id = ? AND mailed_at > TIMESTAMPADD(MICROSECOND, ? * -1000, CURRENT_TIMESTAMP(3))`,
    [id, lastMs],
  );
  return row?.mails ?? 0;
}
