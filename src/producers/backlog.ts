import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Line } from '../domain/fair.ts';
import type { MigrationId } from '../domain/ids.ts';
import { migrationOfJob } from '../queue/jobs.ts';

/** BullMQ keeps a job's priority above its place among those of the same (its `getPriorityScore.lua`). */
const PLACE_UNIT = 2 ** 32;

/** What one migration has in a queue. */
export interface InQueue {
  /** Jobs that share, in the order of their places. */
  line: Line;
  /** Jobs that go ahead, or that a worker has. */
  underWay: number;
  /** All that have not ended. */
  jobs: number;
}

export interface Backlog {
  /** Jobs that wait and share; jobs that have not ended. */
  waiting: number;
  jobs: number;
  of(id: MigrationId): InQueue;
}

/** Reads a queue as it is. Costs some 20 ms for 10,000 jobs, and nothing where they all are one migration's. */
export async function readBacklog(
  redis: Redis,
  queue: Queue,
  only: MigrationId | undefined,
): Promise<Backlog> {
  return only === undefined ? readEach(redis, queue) : readOne(redis, queue, only);
}

async function readOne(redis: Redis, queue: Queue, only: MigrationId): Promise<Backlog> {
  const [counts, last] = await Promise.all([
    queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active'),
    placed(redis, queue, -1),
  ]);
  const { waiting = 0, prioritized = 0, delayed = 0, active = 0 } = counts;
  const jobs = waiting + prioritized + delayed + active;
  const line = { length: prioritized, lastPlace: last[0]?.place ?? 0 };
  const all: InQueue = { line, underWay: waiting + active, jobs };
  return { waiting: prioritized, jobs, of: (id) => (id === only ? all : empty()) };
}

async function readEach(redis: Redis, queue: Queue): Promise<Backlog> {
  const key = (state: string) => queue.toKey(state);
  const [prioritized, waiting, active, delayed] = await Promise.all([
    placed(redis, queue, 0),
    redis.lrange(key('wait'), 0, -1),
    redis.lrange(key('active'), 0, -1),
    redis.zrange(key('delayed'), 0, '-1'),
  ]);
  const byId = new Map<number, InQueue>();
  const of = (id: number) => {
    const found = byId.get(id) ?? empty();
    byId.set(id, found);
    return found;
  };
  for (const { jobId, place } of prioritized) {
    const { line } = of(migrationOfJob(jobId));
    line.length += 1;
    line.lastPlace = place;
  }
  for (const jobId of [...waiting, ...active]) of(migrationOfJob(jobId)).underWay += 1;
  for (const jobId of delayed) of(migrationOfJob(jobId)).jobs += 1;
  for (const each of byId.values()) each.jobs += each.line.length + each.underWay;
  const jobs = [...byId.values()].reduce((sum, each) => sum + each.jobs, 0);
  return { waiting: prioritized.length, jobs, of };
}

const empty = (): InQueue => ({ line: { length: 0, lastPlace: 0 }, underWay: 0, jobs: 0 });

/** Jobs with their places, in order, from the one at `start` on. */
async function placed(
  redis: Redis,
  queue: Queue,
  start: number,
): Promise<{ jobId: string; place: number }[]> {
  const flat = (await redis.zrange(queue.toKey('prioritized'), start, '-1', 'WITHSCORES')) as string[];
  const jobIds = flat.filter((_, i) => i % 2 === 0);
  return jobIds.map((jobId, i) => ({ jobId, place: Math.floor(Number(flat[2 * i + 1]) / PLACE_UNIT) }));
}
