import type { JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { SubjectId } from '../domain/ids.ts';
import type { Migration } from '../domain/migration.ts';
import { type SubjectJob, subjectJobId } from '../queue/jobs.ts';
import { SUBJECT_JOB } from '../queue/queues.ts';

/** BullMQ's; it is reached only by a queue that has not run dry for two million jobs, which is then first come first served. */
const LAST_PLACE = 2 ** 21 - 1;

/**
 * Adds a job for each subject that has none under way, and returns how many that were. From `place` on, in the
 * order that all migrations share (see `nextPlaces`); without one they go ahead of all who have a place.
 */
export async function offer(
  redis: Redis,
  queue: Queue<SubjectJob>,
  { id, operation }: Migration,
  subjects: SubjectId[],
  place: number | undefined,
): Promise<number> {
  if (subjects.length === 0) return 0;
  const jobs = subjects.map((subjectId) => {
    const data = { migrationId: id, subjectId };
    const opts: JobsOptions & { jobId: string } = { ...SUBJECT_JOB, jobId: subjectJobId(data) };
    return { name: operation, data, opts };
  });
  // Asking for the state of a job that does not exist makes Redis search its lists: rather none than a thousand.
  const known = await redis.exists(jobs.map(({ opts }) => queue.toKey(opts.jobId)));
  const missing = known === 0 ? jobs : await withoutThoseUnderWay(queue, jobs);
  if (place !== undefined) {
    for (const [i, { opts }] of missing.entries()) opts.priority = Math.min(LAST_PLACE, place + i);
  }
  await queue.addBulk(missing);
  return missing.length;
}

/** BullMQ silently ignores an id that still exists, so a job that has ended is removed first. */
async function withoutThoseUnderWay<J extends { opts: { jobId: string } }>(
  queue: Queue<SubjectJob>,
  jobs: J[],
): Promise<J[]> {
  const states = await Promise.all(
    jobs.map(async (job) => ({ job, state: await queue.getJobState(job.opts.jobId) })),
  );
  const ended = states.filter(({ state }) => state === 'completed' || state === 'failed');
  await Promise.all(ended.map(({ job }) => queue.remove(job.opts.jobId)));
  const missing = [...ended, ...states.filter(({ state }) => state === 'unknown')];
  return missing.map(({ job }) => job);
}
