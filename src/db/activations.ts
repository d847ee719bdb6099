import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Activation } from '../domain/activation.ts';
import type { MigrationId, OktaUserId, SubjectId } from '../domain/ids.ts';
import type { PersonKind } from '../domain/operations.ts';
import type { Database } from './pool.ts';

/** People of one kind in one installation. */
export interface People {
  installation: string;
  kind: PersonKind;
}

/** One of them, as Okta has them now. */
export interface User {
  id: SubjectId;
  oktaId: OktaUserId;
}

type Row = RowDataPacket & Activation & { subjectId: SubjectId };

const SELECT = `
  SELECT subject_id AS subjectId, okta_id AS oktaId, state, migration_id AS migrationId, mailed_at AS mailedAt,
         COALESCE((SELECT MAX(u.mailed_at) FROM activations u WHERE u.okta_id = a.okta_id), mailed_at) AS userMailedAt
    FROM activations a`;

/** What was noted of the person as another user in Okta does not count. */
export async function findActivation(
  db: Database,
  { installation, kind }: People,
  { id, oktaId }: User,
): Promise<Activation | null> {
  const [[row]] = await db.query<Row[]>(
    `${SELECT} WHERE installation = ? AND kind = ? AND subject_id = ? AND (okta_id IS NULL OR okta_id = ?)`,
    [installation, kind, id, oktaId],
  );
  return row ?? null;
}

/** Those from `fromId` to `toId`, both included, as whichever users they were noted. */
export async function activationsBetween(
  db: Database,
  { installation, kind }: People,
  fromId: number,
  toId: number,
): Promise<Map<SubjectId, Activation>> {
  const [rows] = await db.query<Row[]>(
    `${SELECT} WHERE installation = ? AND kind = ? AND subject_id BETWEEN ? AND ?`,
    [installation, kind, fromId, toId],
  );
  return new Map(rows.map((row) => [row.subjectId, row]));
}

/** Which of these users are mailed or active, whoever they are here. */
export async function mailedUsers(db: Database, oktaIds: OktaUserId[]): Promise<Set<OktaUserId>> {
  if (oktaIds.length === 0) return new Set();
  const [rows] = await db.query<(RowDataPacket & { oktaId: OktaUserId })[]>(
    "SELECT DISTINCT okta_id AS oktaId FROM activations WHERE okta_id IN (?) AND state <> 'asked'",
    [oktaIds],
  );
  return new Set(rows.map(({ oktaId }) => oktaId));
}

/**
 * Notes that Okta is about to be asked for a mail, unless somebody else has changed what was found here, or asks for
 * the same user as another person: then false, and it is not to be asked.
 */
export async function noteAsked(
  db: Database,
  people: People,
  user: User,
  migrationId: MigrationId,
  found: Activation | null,
): Promise<boolean> {
  const { id, oktaId } = user;
  const key = [people.installation, people.kind, id];
  if (found) {
    const [{ affectedRows }] = await db.query<ResultSetHeader>(
      `UPDATE activations SET okta_id = ?, state = 'asked', migration_id = ?, mailed_at = CURRENT_TIMESTAMP(3)
        WHERE installation = ? AND kind = ? AND subject_id = ?
          AND state = ? AND migration_id = ? AND mailed_at <=> ?`,
      [oktaId, migrationId, ...key, found.state, found.migrationId, found.mailedAt],
    );
    if (affectedRows === 0) return false;
    const [[other]] = await db.query<RowDataPacket[]>(
      `SELECT 1 FROM activations
        WHERE okta_id = ? AND mailed_at > ? AND NOT (installation = ? AND kind = ? AND subject_id = ?) LIMIT 1`,
      [oktaId, found.userMailedAt ?? new Date(0), ...key],
    );
    if (other) await unnote(db, people, user, found);
    return !other;
  }
  await db.query(
    'DELETE FROM activations WHERE installation = ? AND kind = ? AND subject_id = ? AND okta_id <> ?',
    [...key, oktaId],
  );
  const [{ affectedRows }] = await db.query<ResultSetHeader>(
    `INSERT IGNORE INTO activations (installation, kind, subject_id, okta_id, state, migration_id, mailed_at)
     VALUES (?, ?, ?, ?, 'asked', ?, CURRENT_TIMESTAMP(3))`,
    [...key, oktaId, migrationId],
  );
  return affectedRows === 1;
}

/** Takes a note back: Okta has surely sent no mail. */
export async function unnote(
  db: Database,
  { installation, kind }: People,
  user: User,
  found: Activation | null,
): Promise<void> {
  if (found) await recordActivation(db, { installation, kind }, user, found);
  else {
    await db.query(
      "DELETE FROM activations WHERE installation = ? AND kind = ? AND subject_id = ? AND state = 'asked'",
      [installation, kind, user.id],
    );
  }
}

/** `mailedAt` `now` is the database's time. */
export async function recordActivation(
  db: Database,
  { installation, kind }: People,
  { id, oktaId }: User,
  {
    state,
    migrationId,
    mailedAt,
  }: Pick<Activation, 'state' | 'migrationId'> & { mailedAt: Date | 'now' | null },
): Promise<void> {
  const at = mailedAt === 'now' ? 'CURRENT_TIMESTAMP(3)' : '?';
  await db.query(
    `INSERT INTO activations (installation, kind, subject_id, okta_id, state, migration_id, mailed_at)
     VALUES (?, ?, ?, ?, ?, ?, ${at})
         ON DUPLICATE KEY UPDATE okta_id = VALUES(okta_id), state = VALUES(state),
           migration_id = VALUES(migration_id), mailed_at = VALUES(mailed_at)`,
    [installation, kind, id, oktaId, state, migrationId, ...(mailedAt === 'now' ? [] : [mailedAt])],
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
