import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Database } from './pool.ts';

/** begun: noted, and its end was not seen. differs: another value was read back. failed: could not be written. */
export type ChangeOutcome = 'begun' | 'written' | 'differs' | 'failed';

/** A change of a setting as it is stored: of a secret no value, only whether there was and is one. */
export interface SettingChange {
  installation: string;
  /** A setting's key, or `iam_token_data` for that table. */
  setting: string;
  secret: boolean;
  wasSet: boolean;
  isSet: boolean;
  oldValue: string | null;
  newValue: string | null;
  /** What was overridden. */
  confirmed: string[];
  /** Name of the API key. */
  changedBy: string;
}

export interface RecordedChange extends SettingChange {
  changedAt: Date;
  outcome: ChangeOutcome;
}

/** Notes a change that is about to be made; its id, for `endChange`. */
export async function beginChange(db: Pick<Database, 'query'>, change: SettingChange): Promise<number> {
  const [{ insertId }] = await db.query<ResultSetHeader>(
    `INSERT INTO settings_changes
            (installation, setting, secret, was_set, is_set, old_value, new_value, confirmed, changed_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      change.installation,
      change.setting,
      change.secret,
      change.wasSet,
      change.isSet,
      change.secret ? null : change.oldValue,
      change.secret ? null : change.newValue,
      JSON.stringify(change.confirmed),
      change.changedBy,
    ],
  );
  return insertId;
}

export async function endChange(
  db: Pick<Database, 'query'>,
  id: number,
  outcome: ChangeOutcome,
): Promise<void> {
  await db.query('UPDATE settings_changes SET outcome = ? WHERE id = ?', [outcome, id]);
}

interface Row extends RowDataPacket {
  installation: string;
  setting: string;
  secret: 0 | 1;
  was_set: 0 | 1;
  is_set: 0 | 1;
  old_value: string | null;
  new_value: string | null;
  confirmed: string;
  changed_by: string;
  changed_at: Date;
  outcome: ChangeOutcome;
}

/** The last changes of one setting, the newest first. */
export async function listChanges(
  db: Database,
  installation: string,
  setting: string,
  limit: number,
): Promise<RecordedChange[]> {
  const [rows] = await db.query<Row[]>(
    `SELECT installation, setting, secret, was_set, is_set, old_value, new_value, confirmed, changed_by, changed_at,
            outcome
       FROM settings_changes WHERE installation = ? AND setting = ? ORDER BY id DESC LIMIT ?`,
    [installation, setting, limit],
  );
  return rows.map((row) => ({
    installation: row.installation,
    setting: row.setting,
    secret: row.secret === 1,
    wasSet: row.was_set === 1,
    isSet: row.is_set === 1,
    oldValue: row.old_value,
    newValue: row.new_value,
    confirmed: JSON.parse(row.confirmed) as string[],
    changedBy: row.changed_by,
    changedAt: row.changed_at,
    outcome: row.outcome,
  }));
}
