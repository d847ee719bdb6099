import type { Job } from 'bullmq';
import type { App } from '../app.ts';
import { findMigration } from '../db/migrations.ts';
import { countPeople } from '../producers/count.ts';
import { topUp } from '../producers/top-up.ts';
import { parseReconcileJob } from '../queue/jobs.ts';

/** One job of the reconcile loop. */
export async function runReconcile(app: App, { data }: Job): Promise<void> {
  const job = parseReconcileJob(data);
  switch (job.kind) {
    case 'top-up':
      return topUp(app, job);
    case 'count': {
      const migration = await findMigration(app.db, job.migrationId);
      if (migration) await countPeople(app, migration);
    }
  }
}
