import { Redis } from 'ioredis';
import { SECOND } from '../time.ts';

/**
 * `patient` connections, a worker's, wait for Redis to come back, as long as that takes. The API's give up
 * soon, so that a request gets an answer.
 */
export function connectRedis(url: string, patient: boolean): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: patient ? null : 1,
    enableOfflineQueue: patient,
    connectTimeout: 5 * SECOND,
    disconnectTimeout: SECOND / 2, // nobody who stops waits longer for a server that is away
    retryStrategy: (times) => Math.min(times * 100, 2 * SECOND),
    ...(!patient && { commandTimeout: 5 * SECOND }),
  });
  // ioredis connects again by itself; without a listener each attempt would end the process.
  redis.on('error', () => {});
  return redis;
}

/** Rejects when the first attempt to connect fails. */
export async function whenReady(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise((resolve, reject) => {
    redis.once('ready', resolve);
    redis.once('error', reject);
    redis.once('close', () => reject(new DOMException('closed before it was ready', 'NetworkError')));
  });
}
