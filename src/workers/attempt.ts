import type { App } from '../app.ts';
import { hasFailed } from '../db/failures.ts';
import { findMigration } from '../db/migrations.ts';
import type { Migration } from '../domain/migration.ts';
import { operations } from '../domain/operations.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { OktaClient } from '../okta/client.ts';
import { sourceOf } from '../producers/source-of.ts';
import type { SubjectJob } from '../queue/jobs.ts';
import { processes } from './processes.ts';

/** One attempt at the subject of one job: reads everything again, since the job may be old. */
export async function attempt(
  app: App,
  okta: OktaClient,
  { migrationId, subjectId }: SubjectJob,
  signal: AbortSignal,
): Promise<{ outcome: Outcome; migration: Migration | undefined }> {
  const migration = await findMigration(app.db, migrationId);
  if (migration?.state !== 'running') return { outcome: { kind: 'not-running' }, migration };
  if (await hasFailed(app.db, migrationId, subjectId))
    return { outcome: { kind: 'already-failed' }, migration };

  const { operation, selection, installation: name } = migration;
  const source = sourceOf(app, migration);
  const installation = app.installations.get(name);
  if (!installation) throw new Error(`Bug: installation ${name} is not open`);
  try {
    const kind = operations[operation].subject;
    const subject = { id: subjectId, kind, selection, installation, source, okta };
    const outcome = await processes[operation](subject, signal);
    // A call that was cut off by our own end says nothing about Okta.
    const cutOff = signal.aborted && outcome.kind === 'unreachable' && outcome.error.status === 0;
    return { outcome: cutOff ? { kind: 'stopping' } : outcome, migration };
  } catch (error) {
    if (signal.aborted && (error as Error).name === 'AbortError')
      return { outcome: { kind: 'stopping' }, migration };
    throw error;
  }
}
