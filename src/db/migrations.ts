import { createHash } from 'node:crypto';
import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { HoldCause } from '../domain/hold.ts';
import type { MigrationId } from '../domain/ids.ts';
import type { Cursor, Migration, MigrationState, Sample, TimedCounts } from '../domain/migration.ts';
import type { Operation } from '../domain/operations.ts';
import { type Options, optionsKey } from '../domain/options.ts';
import { type Selection, selectionKey } from '../domain/selection.ts';
import type { SkippedBy } from '../domain/skip.ts';
import type { Database } from './pool.ts';

interface Row extends RowDataPacket {
  id: number;
  installation: string;
  operation: Operation;
  selection: string;
  options: string;
  state: MigrationState;
  held_cause: HoldCause | null;
  held_reason: string | null;
  pass: number;
  looks: number;
  after_id: number;
  found: number;
  through_id: number | null;
  resting_since: Date | null;
  eligible: number | null;
  done: number | null;
  failed: number | null;
  skipped: number | null;
  skipped_by: string | null;
  counted_at: Date | null;
  count_ms: number | null;
  samples: string;
  created_at: Date;
  created_by: string | null;
  finished_at: Date | null;
}

const COLUMNS = `id, installation, operation, selection, options, state, held_cause, held_reason, pass, looks, after_id, found, through_id,
  resting_since, eligible, done, failed, skipped, skipped_by, counted_at, count_ms, samples, created_at, created_by, finished_at`;

export async function findMigration(db: Database, id: number): Promise<Migration | undefined> {
  const [[row]] = await db.query<Row[]>(`SELECT ${COLUMNS} FROM migrations WHERE id = ?`, [id]);
  return row && toMigration(row);
}

/** The newest first. */
export async function listMigrations(db: Database, beforeId: number, limit: number): Promise<Migration[]> {
  const [rows] = await db.query<Row[]>(
    `SELECT ${COLUMNS} FROM migrations WHERE id < ? ORDER BY id DESC LIMIT ?`,
    [beforeId, limit],
  );
  return rows.map(toMigration);
}

export async function migrationsInState(db: Database, state: MigrationState): Promise<Migration[]> {
  const [rows] = await db.query<Row[]>(`SELECT ${COLUMNS} FROM migrations WHERE state = ? ORDER BY id`, [
    state,
  ]);
  return rows.map(toMigration);
}

/** The unfinished ones that a new one must not overlap. */
export async function unfinishedOf(
  connection: PoolConnection,
  installation: string,
  operation: Operation,
): Promise<Migration[]> {
  const [rows] = await connection.query<Row[]>(
    `SELECT ${COLUMNS} FROM migrations
      WHERE installation = ? AND operation = ? AND finished_at IS NULL ORDER BY id`,
    [installation, operation],
  );
  return rows.map(toMigration);
}

type New = Pick<Migration, 'installation' | 'operation' | 'selection' | 'options' | 'createdBy'>;

export async function insertMigration(
  connection: PoolConnection,
  { installation, operation, selection, options, createdBy }: New,
): Promise<MigrationId> {
  const key = selectionKey(selection);
  const [{ insertId }] = await connection.query<ResultSetHeader>(
    `INSERT INTO migrations (installation, operation, selection, selection_hash, options, created_by)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [
      installation,
      operation,
      key,
      createHash('sha256').update(key).digest('hex'),
      optionsKey(options),
      createdBy,
    ],
  );
  return insertId as MigrationId;
}

/** Moves the cursor if nobody else has since it was read; false means somebody has. */
export async function moveCursor(db: Database, id: MigrationId, from: Cursor, to: Cursor): Promise<boolean> {
  const [{ affectedRows }] = await db.query<ResultSetHeader>(
    `UPDATE migrations
        SET pass = ?, after_id = ?, found = ?, through_id = ?, resting_since = ?
      WHERE id = ? AND state = 'running' AND pass = ? AND after_id = ?`,
    [to.pass, to.afterId, to.found, to.throughId, to.restingSince, id, from.pass, from.afterId],
  );
  return affectedRows === 1;
}

/** Not when its pass has found anybody, by its own way or by `lookAgain`, nor when Okta may have an unknown user. */
export async function finishMigration(db: Database, id: MigrationId): Promise<boolean> {
  const [{ affectedRows }] = await db.query<ResultSetHeader>(
    `UPDATE migrations SET state = 'finished', finished_at = CURRENT_TIMESTAMP(3)
      WHERE id = ? AND state = 'running' AND found = 0
        AND NOT EXISTS (SELECT 1 FROM creations c
                         WHERE c.migration_id = migrations.id
                           AND NOT EXISTS (SELECT 1 FROM failures f
                                            WHERE f.migration_id = c.migration_id AND f.subject_id = c.subject_id))`,
    [id],
  );
  return affectedRows === 1;
}

/** The state, which nobody changes before the connection's transaction ends. */
export async function lockState(
  connection: PoolConnection,
  id: MigrationId,
): Promise<MigrationState | undefined> {
  const [[row]] = await connection.query<Row[]>('SELECT state FROM migrations WHERE id = ? FOR UPDATE', [id]);
  return row?.state;
}

/**
 * Begins a new pass for people whose failures are no more, and opens a finished migration again. They count as
 * found: else a loop that just ends the old pass would finish the migration without them.
 */
export async function lookAgain(connection: PoolConnection, id: MigrationId, people: number): Promise<void> {
  await connection.query(
    `UPDATE migrations
        SET state = IF(state = 'finished', 'running', state), finished_at = NULL,
            pass = pass + 1, looks = looks + 1, after_id = 0, found = ?, resting_since = NULL,
            failed = GREATEST(failed, ?) - ?, samples = '[]'
      WHERE id = ?`,
    [people, people, people, id],
  );
}

/** Not of a finished one: what it has come to was counted last, by who finished it; who began before ends later. */
export async function storeCounts(
  db: Database,
  id: MigrationId,
  { eligible, done, failed, skipped, skippedBy, at, tookMs }: TimedCounts,
  samples: Sample[],
): Promise<void> {
  await db.query(
    `UPDATE migrations
        SET eligible = ?, done = ?, failed = ?, skipped = ?, skipped_by = ?, counted_at = ?, count_ms = ?, samples = ?
      WHERE id = ? AND finished_at IS NULL`,
    [eligible, done, failed, skipped, JSON.stringify(skippedBy), at, tookMs, JSON.stringify(samples), id],
  );
}

function toMigration(row: Row): Migration {
  const { eligible, done, failed, skipped, counted_at: at, count_ms: tookMs } = row;
  return {
    id: row.id as MigrationId,
    installation: row.installation,
    operation: row.operation,
    selection: JSON.parse(row.selection) as Selection,
    options: JSON.parse(row.options) as Options,
    state: row.state,
    heldCause: row.held_cause,
    heldReason: row.held_reason,
    looks: row.looks,
    cursor: {
      pass: row.pass,
      afterId: row.after_id,
      found: row.found,
      throughId: row.through_id,
      restingSince: row.resting_since,
    },
    counts:
      eligible === null ||
      done === null ||
      failed === null ||
      skipped === null ||
      at === null ||
      tookMs === null
        ? null
        : { eligible, done, failed, skipped, skippedBy: skippedByOf(row), at, tookMs },
    samples: JSON.parse(row.samples) as Sample[],
    createdAt: row.created_at,
    createdBy: row.created_by,
    finishedAt: row.finished_at,
  };
}

/** Not known of counts from before reasons were kept. */
const skippedByOf = ({ skipped_by: text }: Row): SkippedBy =>
  (text === null ? {} : JSON.parse(text)) as SkippedBy;
