import type { App } from '../app.ts';
import { migrationsInState } from '../db/migrations.ts';
import { countsAreDue } from './count.ts';
import { allowanceOf } from './queries.ts';

/**
 * Adds the jobs of the reconcile loop that running migrations need and that are missing. Every worker
 * process does so again and again: what Redis has lost is back within seconds.
 */
export async function keepGoing(app: App): Promise<void> {
  for (const migration of await migrationsInState(app.db, 'running')) {
    const allowance = allowanceOf(app, migration);
    if (!allowance) continue; // another fleet's, with another configuration
    await app.queues.wake({ kind: 'top-up', ...allowance });
    if (countsAreDue(migration)) await app.queues.wake({ kind: 'count', migrationId: migration.id });
  }
}
