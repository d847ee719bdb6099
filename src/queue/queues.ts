import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import type { OrgBucket } from '../domain/buckets.ts';
import { operationNames, operations } from '../domain/operations.ts';
import { SECOND } from '../time.ts';
import { queueName, RECONCILE_QUEUE, type ReconcileJob, reconcileJobId, type SubjectJob } from './jobs.ts';

/** How a subject's job is retried, when its outcome asks for it. */
export const SUBJECT_JOB = {
  /** About four minutes in all: longer outages are waited out by offering the row again. */
  attempts: 8,
  backoff: { type: 'exponential', delay: 2 * SECOND, jitter: 0.5 },
  stackTraceLimit: 0, // the reason says it; a stack of our own code would only hide it in Bull Board
} as const;

/** All queues of the fleet, opened for adding and looking. */
export interface Queues {
  subjects: ReadonlyMap<string, { allowance: OrgBucket; queue: Queue<SubjectJob> }>;
  reconcile: Queue<ReconcileJob>;
  /** Adds a reconcile job unless the same one is there already. */
  wake(job: ReconcileJob): Promise<void>;
  close(): Promise<void>;
}

/** Every org's every bucket that an operation spends. */
export function allowancesOf(config: Config): OrgBucket[] {
  const buckets = [...new Set(operationNames.map((name) => operations[name].bucket))];
  return Object.keys(config.orgs).flatMap((org) => buckets.map((bucket) => ({ org, bucket })));
}

export function openQueues(config: Config, connection: Redis): Queues {
  const { prefix } = config.redis;
  const open = <T>(name: string) => {
    const queue = new Queue<T>(name, { connection, prefix });
    queue.on('error', () => {}); // a lost connection; ioredis connects again
    return queue as Queue;
  };
  const subjects = new Map(
    allowancesOf(config).map((allowance) => [
      queueName(allowance),
      { allowance, queue: open<SubjectJob>(queueName(allowance)) },
    ]),
  );
  const reconcile: Queue<ReconcileJob> = open<ReconcileJob>(RECONCILE_QUEUE);
  return {
    subjects,
    reconcile,
    async wake(job) {
      // Removed however it ends, so that the same job can be added again.
      await reconcile.add(job.kind, job, {
        jobId: reconcileJobId(job),
        removeOnComplete: true,
        removeOnFail: true,
      });
    },
    async close() {
      await Promise.all(
        [reconcile, ...[...subjects.values()].map(({ queue }) => queue)].map((queue) => queue.close()),
      );
    },
  };
}
