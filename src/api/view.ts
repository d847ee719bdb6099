import type { App } from '../app.ts';
import { type Migration, remainingOf } from '../domain/migration.ts';
import { etaSeconds, ratePerMinute } from '../domain/progress.ts';
import { type FleetState, waitOf } from '../domain/wait.ts';
import { mailsLeft } from '../producers/mail-pace.ts';
import { REDIS_MS, within } from '../within.ts';
import { createLook, type Look } from './look.ts';
import type { Migration as MigrationView } from './schemas.ts';

/** A migration as everybody is shown it: counts from the truth, rate and wait from the fleet. */
export async function viewOf(app: App, migration: Migration, look = createLook(app)): Promise<MigrationView> {
  const { id, installation, operation, selection, options, state, heldCause } = migration;
  const { createdAt, createdBy, finishedAt, counts, samples } = migration;
  const done = state === 'finished' || (counts !== null && remainingOf(counts) === 0);
  const rate = done ? null : ratePerMinute(samples);
  return {
    id,
    installation,
    operation,
    selection,
    options,
    state,
    heldCause,
    createdAt: createdAt.toISOString(),
    createdBy,
    finishedAt: finishedAt?.toISOString() ?? null,
    counts: counts && {
      eligible: counts.eligible,
      done: counts.done,
      failed: counts.failed,
      remaining: remainingOf(counts),
      skipped: counts.skipped,
      skippedBy: counts.skippedBy,
      at: counts.at.toISOString(),
    },
    ratePerMinute: rate,
    etaSeconds: state === 'running' && counts ? etaSeconds(counts, rate) : null,
    wait: waitOf(migration, state === 'running' ? await fleetState(app, migration, look) : null),
  };
}

async function fleetState(app: App, migration: Migration, look: Look): Promise<FleetState | null> {
  const { left, limit } = await mailsLeft(app.db, migration);
  try {
    return { ...(await within(REDIS_MS, look(migration))), mailLimit: left === 0 ? limit : null };
  } catch {
    return null;
  }
}
