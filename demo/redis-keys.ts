import { Redis } from 'ioredis';

/** Removes every key below the prefixes. */
export async function dropKeys(redisUrl: string, prefixes: string[]): Promise<void> {
  const redis = new Redis(redisUrl, { retryStrategy: () => null });
  redis.on('error', () => {}); // the commands fail by themselves
  try {
    for (const prefix of prefixes) {
      for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
        if (keys.length > 0) await redis.unlink(...(keys as string[]));
      }
    }
  } finally {
    redis.disconnect();
  }
}
