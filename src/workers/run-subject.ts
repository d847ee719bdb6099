import { performance } from 'node:perf_hooks';
import type { Job } from 'bullmq';
import type { App } from '../app.ts';
import type { OktaClient } from '../okta/client.ts';
import { parseSubjectJob, type SubjectJob } from '../queue/jobs.ts';
import { attempt } from './attempt.ts';
import { settle } from './settle.ts';

/** One job of a subject: attempt, log, settle. */
export async function runSubject(
  app: App,
  okta: OktaClient,
  job: Job<SubjectJob>,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = performance.now();
  const data = parseSubjectJob(job.data);
  const { outcome, migration } = await attempt(app, okta, data, signal);
  const ms = Math.round(performance.now() - startedMs);
  app.log.info({ ...data, attempt: job.attemptsMade + 1, outcome: outcome.kind, ms }, 'subject attempted');
  if (migration) await settle(app, job, migration, outcome);
}
