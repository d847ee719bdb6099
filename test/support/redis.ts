import { Redis } from 'ioredis';
import { REDIS_URL, uniqueName } from './databases.ts';

/** Redis connections under a prefix of this test's own. */
export interface TestRedis {
  prefix: string;
  /** One more connection, as another process would have. */
  connect(): Redis;
  /** Deletes every key of the prefix, as a Redis that has lost its data, and nobody else's. */
  lose(): Promise<void>;
  close(): Promise<void>;
}

export function openTestRedis(prefix = uniqueName('test')): TestRedis {
  const opened: Redis[] = [];
  const connect = () => {
    const redis = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
    opened.push(redis);
    return redis;
  };
  const lose = async () => {
    const redis = opened[0] ?? connect();
    for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
      if ((keys as string[]).length > 0) await redis.del(keys as string[]);
    }
  };
  return {
    prefix,
    connect,
    lose,
    async close() {
      await lose();
      await Promise.all(opened.map((redis) => redis.quit()));
    },
  };
}
