import { mailsSince } from '../db/activations.ts';
import type { Database } from '../db/pool.ts';
import type { Migration } from '../domain/migration.ts';
import type { Options } from '../domain/options.ts';
import { DAY, MINUTE } from '../time.ts';

const LIMITS = [
  { option: 'mailsPerMinute', lastMs: MINUTE, unit: 'minute' },
  { option: 'mailsPerDay', lastMs: DAY, unit: 'day' },
] as const satisfies { option: keyof Options; lastMs: number; unit: string }[];

export interface MailsLeft {
  /** Mails that may go out at this moment, those of jobs under way among them; Infinity without a limit. */
  left: number;
  /** The limit that leaves so few. */
  limit: string | null;
}

/** What a migration's pace of mails leaves of any 60 seconds and any 24 hours. MySQL has counted: no Redis is asked. */
export async function mailsLeft(
  db: Database,
  { id, options }: Pick<Migration, 'id' | 'options'>,
): Promise<MailsLeft> {
  let least: MailsLeft = { left: Number.POSITIVE_INFINITY, limit: null };
  for (const { option, lastMs, unit } of LIMITS) {
    const most = options[option];
    if (most === undefined) continue;
    const left = Math.max(0, most - (await mailsSince(db, id, lastMs)));
    if (left < least.left) least = { left, limit: `${most} mails a ${unit}` };
  }
  return least;
}
