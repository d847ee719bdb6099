import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { type Allowances, createAllowances } from './allowances.ts';
import type { Config } from './config/config.ts';
import { type Database, openDatabase, type Patience } from './db/pool.ts';
import { type Installation, openInstallation } from './efs/installation.ts';
import type { Limiter } from './limiter/limiter.ts';
import { createRedisLimiter } from './limiter/redis-limiter.ts';
import type { Fleet } from './okta/client.ts';
import { connectRedis } from './queue/connection.ts';
import { openQueues, type Queues } from './queue/queues.ts';

/** MySQL connections of one process to one database: more than that wait for one another. */
const CONNECTIONS = 10;

/** What every process of the fleet has open. */
export interface App {
  config: Config;
  log: Logger;
  db: Database;
  redis: Redis;
  allowances: Allowances;
  limiter: Limiter;
  queues: Queues;
  installations: ReadonlyMap<string, Installation>;
  close(): Promise<void>;
}

/** Opens everything in order; `close` closes it in reverse. `patient`: see `connectRedis`. */
export function openApp(
  config: Config,
  log: Logger,
  { patient, patience }: { patient: boolean; patience?: Patience | undefined },
): App {
  const db = openDatabase(config.databaseUrl, CONNECTIONS);
  const installations = new Map(
    Object.values(config.installations).map((each) => [
      each.name,
      openInstallation(each, CONNECTIONS, log, patience),
    ]),
  );
  const redis = connectRedis(config.redis.url, patient);
  logChanges(redis, log);
  const allowances = createAllowances(config, db, log);
  allowances.follow();
  const limiter = createRedisLimiter(redis, config.redis.prefix, (each) => allowances.paceOf(each));
  const queues = openQueues(config, redis);
  return {
    config,
    log,
    db,
    redis,
    allowances,
    limiter,
    queues,
    installations,
    async close() {
      await queues.close();
      allowances.close();
      redis.disconnect();
      await Promise.all([...installations.values()].map((installation) => installation.close()));
      await db.end();
    },
  };
}

/** One line when Redis goes, one when it is back, however many connections and commands notice. */
function logChanges(redis: Redis, log: Logger): void {
  let was: 'new' | 'there' | 'away' = 'new';
  redis.on('ready', () => {
    if (was === 'away') log.info('Redis answers again');
    was = 'there';
  });
  redis.on('close', () => {
    if (was !== 'there' || redis.status === 'end') return;
    log.warn('Redis is away: nobody calls Okta until it answers');
    was = 'away';
  });
}

/** What an Okta client shares with the rest of the fleet. */
export const fleetOf = ({ limiter, redis, config }: App): Fleet => ({
  limiter,
  redis,
  prefix: config.redis.prefix,
});
