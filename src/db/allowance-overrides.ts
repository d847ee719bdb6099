import type { RowDataPacket } from 'mysql2/promise';
import type { KeepFree } from '../domain/keep-free.ts';
import type { Database } from './pool.ts';

/** What an operator keeps free of a bucket for others, in place of the configuration. */
export interface Override {
  org: string;
  bucket: string;
  keepFree: KeepFree;
  /** Null: it holds until it is taken away. */
  expiresAt: Date | null;
  /** Name of the API key. */
  setBy: string;
  setAt: Date;
}

interface Row extends RowDataPacket {
  org: string;
  bucket: string;
  keep_free: string;
  expires_at: Date | null;
  set_by: string;
  set_at: Date;
}

/** Those that have not expired, by this database's clock. */
export async function currentOverrides(db: Database): Promise<Override[]> {
  const [rows] = await db.query<Row[]>(
    `SELECT org, bucket, keep_free, expires_at, set_by, set_at FROM allowance_overrides
      WHERE expires_at IS NULL OR expires_at > CURRENT_TIMESTAMP(3)`,
  );
  return rows.map(({ org, bucket, keep_free, expires_at, set_by, set_at }) => ({
    org,
    bucket,
    keepFree: keep_free.endsWith('%') ? keep_free : Number(keep_free),
    expiresAt: expires_at,
    setBy: set_by,
    setAt: set_at,
  }));
}

/** Sets an override in place of any other of that bucket. `expiresInMs` null: until it is taken away. */
export async function setOverride(
  db: Database,
  { org, bucket, keepFree, setBy }: Pick<Override, 'org' | 'bucket' | 'keepFree' | 'setBy'>,
  expiresInMs: number | null,
): Promise<void> {
  await db.query(
    `REPLACE INTO allowance_overrides (org, bucket, keep_free, expires_at, set_by, set_at)
     VALUES (?, ?, ?, TIMESTAMPADD(MICROSECOND, ? * 1000, CURRENT_TIMESTAMP(3)), ?, CURRENT_TIMESTAMP(3))`,
    [org, bucket, String(keepFree), expiresInMs, setBy],
  );
}

export async function deleteOverride(
  db: Database,
  { org, bucket }: Pick<Override, 'org' | 'bucket'>,
): Promise<void> {
  await db.query('DELETE FROM allowance_overrides WHERE org = ? AND bucket = ?', [org, bucket]);
}
