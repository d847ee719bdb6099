import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { SubjectId } from '../domain/ids.ts';
import type { Migration } from '../domain/migration.ts';
import { type SubjectJob, subjectJobId } from '../queue/jobs.ts';
import { SUBJECT_JOB } from '../queue/queues.ts';

/** Adds a job for each subject that has none under way, and returns how many that were. */
export async function offer(
  redis: Redis,
  queue: Queue<SubjectJob>,
  { id, operation }: Migration,
  subjects: SubjectId[],
): Promise<number> {
  if (subjects.length === 0) return 0;
  const jobs = subjects.map((subjectId) => {
    const data = { migrationId: id, subjectId };
    return { name: operation, data, opts: { ...SUBJECT_JOB, jobId: subjectJobId(data) } };
  });
  // Asking for the state of a job that does not exist makes Redis search its lists: rather none than a thousand.
  const known = await redis.exists(jobs.map(({ opts }) => queue.toKey(opts.jobId)));
  const missing = known === 0 ? jobs : await withoutThoseUnderWay(queue, jobs);
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
