import type { Migration } from './migration.ts';
import type { PaceReason } from './pace-reason.ts';

/** Why an unfinished migration is not going faster: a stable code and a sentence for people. */
export interface Wait {
  code:
    | 'held'
    | 'paused'
    | 'redis_unreachable'
    | 'no_worker'
    | 'last_look'
    | 'mail_pace'
    | PaceReason['code'];
  message: string;
}

/** What the queue and the limiter know; null when Redis cannot be asked. */
export interface FleetState {
  workers: number;
  /** Jobs of the queue that have not ended. */
  jobs: number;
  pace: PaceReason;
  /** The limit of mails that is reached: `60 mails a minute`. */
  mailLimit?: string | null;
}

/** The first reason that applies, the gravest first; null for a finished migration. */
export function waitOf({ state, heldReason, cursor }: Migration, fleet: FleetState | null): Wait | null {
  if (state === 'finished') return null;
  if (state === 'held') return { code: 'held', message: heldReason ?? '' };
  if (state === 'paused') return { code: 'paused', message: 'paused by an operator' };
  if (!fleet)
    return { code: 'redis_unreachable', message: 'Redis cannot be reached: nobody calls Okta until it can' };
  if (fleet.workers === 0)
    return { code: 'no_worker', message: 'no worker is connected: start one with `portage worker`' };
  if (fleet.mailLimit && !cursor.restingSince)
    return { code: 'mail_pace', message: `${fleet.mailLimit}, as asked for` };
  if (fleet.pace.code !== 'okta_429' && cursor.restingSince && fleet.jobs === 0) {
    return { code: 'last_look', message: 'every row was offered; looks once more whether any is left' };
  }
  return fleet.pace;
}
