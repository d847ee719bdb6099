import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Hold, HoldCause } from '../domain/hold.ts';
import type { MigrationId, SubjectId } from '../domain/ids.ts';
import type { FailureCode } from '../domain/outcome.ts';
import { lookAgain } from './migrations.ts';
import type { Database } from './pool.ts';
import { inTransaction } from './transaction.ts';

/** Holds the running migrations of these installations; the number of them. */
export async function holdMigrations(
  db: Database,
  installations: string[],
  { cause, reason, probed }: Hold,
  probeMs: number,
): Promise<number> {
  const [{ affectedRows }] = await db.query<ResultSetHeader>(
    `UPDATE migrations
        SET state = 'held', held_cause = ?, held_reason = ?,
            probe_at = IF(?, TIMESTAMPADD(MICROSECOND, ? * 1000, CURRENT_TIMESTAMP(3)), NULL)
      WHERE state = 'running' AND installation IN (?)`,
    [cause, reason, probed, probeMs, installations],
  );
  return affectedRows;
}

/** What holds migrations of these installations, and may have passed. */
export interface Probed {
  cause: HoldCause;
  installations: string[];
}

/**
 * What is to be probed for these installations of one org, each cause once, whatever number of migrations it holds; a
 * database for its installation alone. Of all callers one gets it.
 */
export async function claimProbes(db: Database, installations: string[], probeMs: number): Promise<Probed[]> {
  const [due] = await db.query<(RowDataPacket & { cause: HoldCause; installation: string })[]>(
    `SELECT DISTINCT held_cause AS cause, installation FROM migrations
      WHERE state = 'held' AND probe_at <= CURRENT_TIMESTAMP(3) AND installation IN (?)`,
    [installations],
  );
  const wholeOrg = new Set(due.flatMap(({ cause }) => (cause === 'database' ? [] : [cause])));
  const probed = [
    ...[...wholeOrg].map((cause) => ({ cause, installations })),
    ...due.flatMap(({ cause, installation }) =>
      cause === 'database' ? [{ cause, installations: [installation] }] : [],
    ),
  ];
  const claimed = await Promise.all(probed.map((each) => claim(db, each, probeMs)));
  return probed.filter((_, i) => claimed[i]);
}

async function claim(db: Database, { cause, installations }: Probed, probeMs: number): Promise<boolean> {
  const update = `UPDATE migrations SET probe_at = TIMESTAMPADD(MICROSECOND, ? * 1000, CURRENT_TIMESTAMP(3))
                   WHERE state = 'held' AND held_cause = ? AND probe_at IS NOT NULL AND installation IN (?)`;
  const values = [probeMs, cause, installations];
  const [{ affectedRows }] = await db.query<ResultSetHeader>(
    `${update} AND probe_at <= CURRENT_TIMESTAMP(3)`,
    values,
  );
  if (affectedRows === 0) return false;
  await db.query(update, values); // who was held later is not probed by itself
  return true;
}

/** Lets the migrations go on whose probe has succeeded; the number of them. */
export async function releaseMigrations(db: Database, { cause, installations }: Probed): Promise<number> {
  const [{ affectedRows }] = await db.query<ResultSetHeader>(
    `UPDATE migrations SET state = 'running', held_cause = NULL, held_reason = NULL, probe_at = NULL
      WHERE state = 'held' AND held_cause = ? AND probe_at IS NOT NULL AND installation IN (?)`,
    [cause, installations],
  );
  return affectedRows;
}

/** Of those who are counted, see `verdicts`. */
const DOUBTED: FailureCode[] = [
  'mail_missing',
  'mail_invalid',
  'reference_invalid',
  'okta_refused',
  'login_taken',
  'missing_in_okta',
  'unexpected',
];

/**
 * Holds a running migration in which these people, more than half of `LAST` in a row, failed, and forgets their failures
 * and those since the first of them: nobody is to fail for what is not about them. Not once an operator has accepted refusals.
 */
export async function holdForRefusals(
  db: Database,
  id: MigrationId,
  { cause, reason }: Hold,
  failed: SubjectId[],
): Promise<boolean> {
  return inTransaction(db, async (connection) => {
    const [{ affectedRows: held }] = await connection.query<ResultSetHeader>(
      `UPDATE migrations SET state = 'held', held_cause = ?, held_reason = ?, probe_at = NULL
        WHERE id = ? AND state = 'running' AND NOT accepts_refusals`,
      [cause, reason, id],
    );
    if (held === 0) return false;
    const [{ affectedRows: forgotten }] = await connection.query<ResultSetHeader>(
      `DELETE FROM failures
        WHERE migration_id = ? AND code IN (?)
          AND created_at >= (SELECT first FROM (SELECT MIN(created_at) AS first FROM failures
                                                 WHERE migration_id = ? AND subject_id IN (?)) of_these)`,
      [id, DOUBTED, id, failed],
    );
    await lookAgain(connection, id, forgotten);
    return true;
  });
}

/** Stops a running or held migration for its operator; false for the others. */
export async function pauseMigration(db: Database, id: MigrationId): Promise<boolean> {
  const [{ affectedRows }] = await db.query<ResultSetHeader>(
    `UPDATE migrations SET state = 'paused', held_cause = NULL, held_reason = NULL, probe_at = NULL
      WHERE id = ? AND state IN ('running', 'held')`,
    [id],
  );
  return affectedRows === 1;
}

/** Lets a held or paused migration go on; false for the others. `acceptRefusals`: see `holdForRefusals`. */
export async function resumeMigration(
  db: Database,
  id: MigrationId,
  acceptRefusals: boolean,
): Promise<boolean> {
  const [{ affectedRows }] = await db.query<ResultSetHeader>(
    `UPDATE migrations
        SET state = 'running', held_cause = NULL, held_reason = NULL, probe_at = NULL,
            accepts_refusals = accepts_refusals OR ?
      WHERE id = ? AND state IN ('held', 'paused')`,
    [acceptRefusals, id],
  );
  return affectedRows === 1;
}
