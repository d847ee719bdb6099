import { Type } from 'typebox';
import { Compile } from 'typebox/schema';
import type { OrgBucket } from '../domain/buckets.ts';
import type { MigrationId, SubjectId } from '../domain/ids.ts';

/** Data of a subject's job: ids only, never a person's data. */
const SubjectJob = Type.Object({ migrationId: Type.Integer(), subjectId: Type.Integer() });
export type SubjectJob = { migrationId: MigrationId; subjectId: SubjectId };

/** Jobs of the reconcile queue, one of each kind at a time for each of its subjects. */
const ReconcileJob = Type.Union([
  /** Tops up the queue of one allowance. */
  Type.Object({ kind: Type.Literal('top-up'), org: Type.String(), bucket: Type.String() }),
  /** Counts one migration's people. */
  Type.Object({ kind: Type.Literal('count'), migrationId: Type.Integer() }),
]);
export type ReconcileJob = ({ kind: 'top-up' } & OrgBucket) | { kind: 'count'; migrationId: MigrationId };

const [subjectJob, reconcileJob] = [Compile(SubjectJob), Compile(ReconcileJob)];

export function parseSubjectJob(data: unknown): SubjectJob {
  if (!subjectJob.Check(data)) throw new Error('Bug: not the data of a subject job');
  return data as SubjectJob;
}

export function parseReconcileJob(data: unknown): ReconcileJob {
  if (!reconcileJob.Check(data)) throw new Error('Bug: not the data of a reconcile job');
  return data as ReconcileJob;
}

/** Carries the migration: BullMQ silently ignores an id that still exists, an earlier run's too. */
export const subjectJobId = ({ migrationId, subjectId }: SubjectJob) => `m${migrationId}-s${subjectId}`;

/** NaN for what is not the id of a subject's job. */
export const migrationOfJob = (jobId: string): number => Number(/^m(\d+)-/.exec(jobId)?.[1]);

export const reconcileJobId = (job: ReconcileJob) =>
  job.kind === 'top-up' ? `top-up-${job.org}-${job.bucket}` : `count-m${job.migrationId}`;

/** One queue for each allowance, since a bucket is what shuts: one org never waits for another. */
export const queueName = ({ org, bucket }: Record<keyof OrgBucket, string>) => `${org}.${bucket}`;

export const RECONCILE_QUEUE = 'reconcile';
