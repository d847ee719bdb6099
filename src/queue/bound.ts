import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Limiter } from '../limiter/limiter.ts';
import { SECOND } from '../time.ts';
import { queueName } from './jobs.ts';
import type { Queues } from './queues.ts';
import { jobsAtPace } from './slots.ts';

/** Okta's refusals come in crowds: all those of so long ask for one halving. */
const ONE_CROWD_MS = 3 * SECOND;
/** So long without a refusal, and a tenth of what is configured comes back. */
const CALM_MS = 10 * SECOND;
const STEPS = 10;

const MOVE = readFileSync(new URL('./bound.lua', import.meta.url), 'utf8');

interface Fleet {
  config: Config;
  queues: Queues;
  redis: Redis;
  limiter: Pick<Limiter, 'state'>;
  log: Logger;
}

/** Jobs of one queue that may be under way at once in the whole fleet: at this moment, why no more, and as configured. */
export interface Bound {
  jobs: number;
  most: number;
  cause: 'configured' | 'crowded' | 'pace';
}

/** Null where no queue is of this allowance. */
export async function readBound(
  { config, queues, redis }: Pick<Fleet, 'config' | 'queues' | 'redis'>,
  allowance: { org: string; bucket: string },
): Promise<Bound | null> {
  const name = queueName(allowance);
  if (!queues.subjects.has(name)) return null;
  const { queue, most, keys } = boundOf({ config, queues }, name);
  const [held, needed] = await Promise.all([queue.getGlobalConcurrency(), redis.hget(keys.bounds, 'needed')]);
  const jobs = Math.min(most, held ?? most);
  if (jobs === most) return { jobs, most, cause: 'configured' };
  return { jobs, most, cause: needed !== null && Number(needed) <= jobs ? 'pace' : 'crowded' };
}

/**
 * How many jobs of each queue may be under way at once in the whole fleet: BullMQ's global concurrency, in the
 * queue's meta hash. Sets it anew where Redis has lost it, lets it rise to what is configured after it was halved, and
 * keeps it to what the pace needs: jobs that wait for turns hold up whoever comes late. To be called every second by
 * every worker process.
 */
export async function keepBounds(fleet: Fleet): Promise<void> {
  await Promise.all(
    [...fleet.queues.subjects.keys()].map(async (name) =>
      move(fleet, name, false, await needed(fleet, name)),
    ),
  );
}

/** Okta has refused a call of this queue's because too many were under way. */
export async function halveBound(fleet: Fleet, name: string): Promise<void> {
  await move(fleet, name, true, null);
}

/**
 * One process looks for all, the others get null. By the ceiling: the pace of a moment, while Okta holds answers or
 * others call, says little of the next one, and a bound that is too low lasts as long as a killed worker's locks.
 */
async function needed(fleet: Fleet, name: string): Promise<number | null> {
  const { allowance, keys } = boundOf(fleet, name);
  if ((await fleet.redis.set(keys.looked, 1, 'PX', SECOND, 'NX')) !== 'OK') return null;
  const { ceiling } = await fleet.limiter.state(allowance);
  return jobsAtPace(ceiling.perMinute);
}

async function move(fleet: Fleet, name: string, refused: boolean, needs: number | null): Promise<void> {
  const { queue, most, keys } = boundOf(fleet, name);
  const args = [most, Math.ceil(most / STEPS), refused ? 1 : 0, needs ?? '', CALM_MS, ONE_CROWD_MS];
  const moved = fleet.redis.eval(MOVE, 4, keys.meta, keys.bounds, keys.calm, keys.crowded, ...args);
  const [held, to, took, takes] = (await moved) as [string, number, number, number];
  const from = held === '' ? null : Number(held);
  // What the pace needs is not worth a line.
  if (from === to || (from !== null && took === takes)) return;
  fleet.log.info({ queue: queue.name, from, to }, `jobs under way at once: ${why()}`);

  function why(): string {
    if (refused) return 'Okta refused calls at once';
    return from !== null && takes > took ? 'Okta takes as many' : 'as configured';
  }
}

function boundOf({ config, queues }: Pick<Fleet, 'config' | 'queues'>, name: string) {
  const { queue, allowance } = queues.subjects.get(name) ?? bug(name);
  const most = config.orgs[allowance.org]?.concurrency ?? bug(name);
  const key = (name: string) => queue.toKey(name);
  const keys = {
    meta: key('meta'),
    bounds: key('bounds'),
    calm: key('calm'),
    crowded: key('crowded'),
    looked: key('looked'),
  };
  return { queue, allowance, most, keys };
}

function bug(name: string): never {
  throw new Error(`Bug: no queue ${name} is configured`);
}
