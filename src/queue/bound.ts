import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { SECOND } from '../time.ts';
import { queueName } from './jobs.ts';
import type { Queues } from './queues.ts';

/** Okta's refusals come in crowds: all those of so long ask for one halving. */
const ONE_CROWD_MS = 3 * SECOND;
/** So long without a refusal, and a tenth of what is configured comes back. */
const CALM_MS = 10 * SECOND;
const STEPS = 10;

interface Fleet {
  config: Config;
  queues: Queues;
  redis: Redis;
  log: Logger;
}

/** Jobs of one queue that may be under way at once in the whole fleet: at this moment, and as configured. */
export interface Bound {
  jobs: number;
  most: number;
}

/** Null where no queue is of this allowance. */
export async function readBound(
  fleet: Pick<Fleet, 'config' | 'queues'>,
  allowance: { org: string; bucket: string },
): Promise<Bound | null> {
  const name = queueName(allowance);
  if (!fleet.queues.subjects.has(name)) return null;
  const { queue, most } = boundOf(fleet, name);
  return { jobs: Math.min(most, (await queue.getGlobalConcurrency()) ?? most), most };
}

/**
 * How many jobs of each queue may be under way at once in the whole fleet: BullMQ's global concurrency, in the
 * queue's meta hash. Sets it anew where Redis has lost it, and lets it rise to what is configured after it was
 * halved. To be called every second by every worker process.
 */
export async function keepBounds(fleet: Fleet): Promise<void> {
  await Promise.all([...fleet.queues.subjects.keys()].map((name) => keepBound(fleet, name)));
}

async function keepBound(fleet: Fleet, name: string): Promise<void> {
  const { queue, most, calm, asserted } = boundOf(fleet, name);
  const bound = await queue.getGlobalConcurrency();
  if (bound === null || bound > most) {
    if (await isFirst(fleet.redis, asserted, SECOND)) await set(fleet, queue, bound, most, 'as configured');
    return;
  }
  if (bound === most || !(await isFirst(fleet.redis, calm, CALM_MS))) return;
  await set(fleet, queue, bound, Math.min(most, bound + Math.ceil(most / STEPS)), 'Okta takes as many');
}

/** Okta has refused a call of this queue's because too many were under way. */
export async function halveBound(fleet: Fleet, name: string): Promise<void> {
  const { queue, most, calm, crowded } = boundOf(fleet, name);
  await fleet.redis.set(calm, 1, 'PX', CALM_MS);
  if (!(await isFirst(fleet.redis, crowded, ONE_CROWD_MS))) return;
  const bound = (await queue.getGlobalConcurrency()) ?? most;
  await set(fleet, queue, bound, Math.max(1, Math.floor(bound / 2)), 'Okta refused calls at once');
}

function boundOf({ config, queues }: Pick<Fleet, 'config' | 'queues'>, name: string) {
  const { queue, allowance } = queues.subjects.get(name) ?? bug(name);
  const most = config.orgs[allowance.org]?.concurrency ?? bug(name);
  const key = (name: string) => queue.toKey(name);
  return { queue, most, calm: key('calm'), crowded: key('crowded'), asserted: key('asserted') };
}

async function set({ log }: Fleet, queue: Queue, from: number | null, to: number, why: string) {
  if (from === to) return;
  await queue.setGlobalConcurrency(to);
  log.info({ queue: queue.name, from, to }, `jobs under way at once: ${why}`);
}

/** True for one caller in that time. */
async function isFirst(redis: Redis, key: string, ms: number): Promise<boolean> {
  return (await redis.set(key, 1, 'PX', ms, 'NX')) === 'OK';
}

function bug(name: string): never {
  throw new Error(`Bug: no queue ${name} is configured`);
}
