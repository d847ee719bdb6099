import { performance } from 'node:perf_hooks';
import type { Job } from 'bullmq';
import type { App } from '../app.ts';
import { creationNote } from '../db/creations.ts';
import { findMigration } from '../db/migrations.ts';
import type { Outcome } from '../domain/outcome.ts';
import { errorFields, errorText } from '../log.ts';
import type { OktaClient } from '../okta/client.ts';
import { isOutage } from '../outage.ts';
import { holdIfAway } from '../producers/hold.ts';
import { parseSubjectJob, type SubjectJob } from '../queue/jobs.ts';
import { attempt } from './attempt.ts';
import { isLastAttempt, settle } from './settle.ts';
import type { Tally } from './tally.ts';

/** One job of a subject: attempt, log, settle. */
export async function runSubject(
  app: App,
  okta: OktaClient,
  tally: Tally,
  job: Job<SubjectJob>,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = performance.now();
  const data = parseSubjectJob(job.data);
  const migration = await findMigration(app.db, data.migrationId);
  if (!migration) return;

  let place: Promise<number | null> | undefined;
  const answered = () => {
    place ??= tally.next(migration.id).catch(() => null); // nobody may be listening when Redis is away
  };
  const note = creationNote(app.db, migration, data.subjectId);
  let outcome: Outcome;
  try {
    outcome = await attempt(app, okta, migration, { id: data.subjectId, note, answered }, signal);
  } catch (error) {
    if (await holdIfAway(app, migration)) throw error;
    if (isOutage(error) || !isLastAttempt(job)) throw error;
    app.log.error({ ...data, ...errorFields(error) }, 'subject given up');
    outcome = { kind: 'unexpected', what: errorText(error) };
  }
  const ms = Math.round(performance.now() - startedMs);
  app.log.info({ ...data, attempt: job.attemptsMade + 1, outcome: outcome.kind, ms }, 'subject attempted');
  await settle({ app, tally, job, migration, note, place }, outcome);
}
