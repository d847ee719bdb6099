import type { Queue } from 'bullmq';
import type { SubjectId } from '../domain/ids.ts';
import type { Migration } from '../domain/migration.ts';
import { type SubjectJob, subjectJobId } from '../queue/jobs.ts';
import { SUBJECT_JOB } from '../queue/queues.ts';

/**
 * Adds a job for each subject that has none under way, and returns how many that were. BullMQ silently
 * ignores an id that still exists, so a job that has ended is removed first.
 */
export async function offer(
  queue: Queue<SubjectJob>,
  { id, operation }: Migration,
  subjects: SubjectId[],
): Promise<number> {
  const jobs = await Promise.all(
    subjects.map(async (subjectId) => {
      const data = { migrationId: id, subjectId };
      const jobId = subjectJobId(data);
      return { data, jobId, state: await queue.getJobState(jobId) };
    }),
  );
  const ended = jobs.filter(({ state }) => state === 'completed' || state === 'failed');
  await Promise.all(ended.map(({ jobId }) => queue.remove(jobId)));
  const missing = [...ended, ...jobs.filter(({ state }) => state === 'unknown')];
  await queue.addBulk(
    missing.map(({ data, jobId }) => ({ name: operation, data, opts: { ...SUBJECT_JOB, jobId } })),
  );
  return missing.length;
}
