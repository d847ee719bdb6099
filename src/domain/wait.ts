import { MINUTE, SECOND } from '../time.ts';
import type { Migration } from './migration.ts';
import { duration } from './progress.ts';

/** Why an unfinished migration is not going faster: a stable code and a sentence for people. */
export interface Wait {
  code: 'held' | 'paused' | 'redis_unreachable' | 'no_worker' | 'okta_429' | 'last_look' | 'pace';
  message: string;
}

/** What the queue and the limiter know; null when Redis cannot be asked. */
export interface FleetState {
  workers: number;
  /** Jobs of the queue that have not ended. */
  jobs: number;
  closedForMs: number;
  perMinute: number;
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
  if (fleet.closedForMs > 0) {
    return { code: 'okta_429', message: `closed ${duration(fleet.closedForMs + SECOND)}: Okta 429` };
  }
  if (cursor.restingSince && fleet.jobs === 0) {
    return { code: 'last_look', message: 'every row was offered; looks once more whether any is left' };
  }
  return {
    code: 'pace',
    message: `${fleet.perMinute} calls a minute, one every ${Math.round(MINUTE / fleet.perMinute)} ms`,
  };
}
