import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import type { App } from '../app.ts';
import type { CreationNote } from '../db/creations.ts';
import { recordFailure } from '../db/failures.ts';
import { failureOf } from '../domain/failure.ts';
import { holdOf } from '../domain/hold.ts';
import type { Migration } from '../domain/migration.ts';
import { type Outcome, type Verdict, verdicts } from '../domain/outcome.ts';
import { hold } from '../producers/hold.ts';
import { halveBound } from '../queue/bound.ts';
import type { SubjectJob } from '../queue/jobs.ts';
import { doubt } from './doubt.ts';
import type { Tally } from './tally.ts';

/** One attempt that has ended. */
export interface Attempted {
  app: App;
  tally: Tally;
  job: Job<SubjectJob>;
  migration: Migration;
  note: CreationNote;
  /** Where Okta's answer to it stands among all answers; undefined when there was none to count. */
  place: Promise<number | null> | undefined;
}

/** Carries out what the table of verdicts says of an outcome; the only place that steers BullMQ. */
export async function settle(attempted: Attempted, outcome: Outcome): Promise<void> {
  const { app, job, migration, note } = attempted;
  const verdict: Verdict = verdicts[outcome.kind];
  const { subjectId } = job.data;
  // First of all: each call that follows would be refused, too.
  if (outcome.kind === 'misconfigured') await hold(app, migration, holdOf(outcome.cause, outcome.error));
  if (outcome.kind === 'throttled' && outcome.crowded) await halveBound(app, job.queueName);
  if ('error' in outcome && outcome.error && isLogged(verdict, outcome)) {
    const { installation, operation } = migration;
    await app.installations.get(installation)?.errorLog.append(operation, subjectId, outcome.error);
  }

  const failure = failureOf(outcome);
  const final =
    verdict.failure === 'at-once' || (verdict.failure === 'after-last-attempt' && isLastAttempt(job));
  const failed = failure && final && (await recordFailure(app.db, migration, subjectId, failure));
  if (verdict.note === 'delete') await note.delete();
  if (failure && (failed || verdict.tally === 'unreachable')) await doubt(attempted, verdict.tally, failure);
  await steer(job, verdict, outcome);
}

export const isLastAttempt = ({ attemptsMade, opts }: Job) => attemptsMade + 1 >= (opts.attempts ?? 1);

function isLogged({ errorLog }: Verdict, outcome: Outcome): boolean {
  return errorLog === 'always' || (errorLog === 'closing' && outcome.kind === 'throttled' && outcome.closing);
}

/** An attempt that BullMQ shall repeat, after a backoff. */
class AttemptFailed extends Error {
  override name = 'AttemptFailed';
}

/** Whether an error is a verdict on a job, made here, and not something that nobody expected. */
export function isVerdict(error: unknown): boolean {
  return [DelayedError, WaitingError, UnrecoverableError, AttemptFailed].some(
    (kind) => error instanceof kind,
  );
}

async function steer(job: Job<SubjectJob>, verdict: Verdict, outcome: Outcome): Promise<void> {
  switch (verdict.job) {
    case 'complete':
      return;
    case 'give-back':
      await job.moveToWait(job.token);
      throw new WaitingError();
    case 'delay':
      return delay(job, 'waitMs' in outcome ? outcome.waitMs : 0);
    case 'retry':
      throw new AttemptFailed(describe(outcome));
    case 'fail':
      throw new UnrecoverableError(describe(outcome));
  }
}

/** Has the queue offer the job again after so long, without spending an attempt. */
export async function delay(job: Job, waitMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + waitMs, job.token);
  throw new DelayedError();
}

/** For Bull Board: codes only. */
function describe(outcome: Outcome): string {
  const detail = 'error' in outcome && outcome.error ? ` ${outcome.error.status} ${outcome.error.code}` : '';
  return `${'code' in outcome ? outcome.code : outcome.kind}${detail}`;
}
