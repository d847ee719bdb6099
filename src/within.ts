import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from './time.ts';

/** Who asks waits no longer for what Redis knows. */
export const REDIS_MS = 2 * SECOND;

/** What the work resolves to; rejects when that takes longer. The work itself goes on, unheard. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const deadline = sleep(ms, undefined, { signal: over.signal }).then(() => {
    throw new DOMException(`not within ${ms} ms`, 'TimeoutError');
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    over.abort();
  }
}
