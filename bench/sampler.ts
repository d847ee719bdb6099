import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Fleet } from '../demo/fleet.ts';
import { readCounters } from '../demo/okta.ts';
import { highest, type Sample } from './figures.ts';
import { cpuMs, rssMb } from './process-usage.ts';

const EVERY_MS = 500;

/** Looks at a fleet again and again. */
export interface Sampler {
  samples: Sample[];
  /** Resolves when it is closed, rejects when it cannot look. */
  ended: Promise<void>;
  close(): Promise<void>;
}

export async function startSampler(fleet: Fleet, redisUrl: string): Promise<Sampler> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  redis.on('error', () => {}); // the commands fail by themselves
  const samples: Sample[] = [];
  const { users: before } = await readCounters(fleet.oktaUrl);
  const closing = new AbortController();

  const look = async (): Promise<void> => {
    const [{ users }, memory] = await Promise.all([readCounters(fleet.oktaUrl), redis.info('memory')]);
    const pids = workersOf(fleet);
    samples.push({
      atMs: performance.now(),
      done: users - before,
      redisMb: Number(/used_memory:(\d+)/.exec(memory)?.[1] ?? 0) / 1_024 ** 2,
      rssMb: rssMb(pids[0] ?? 0),
      largestRssMb: highest(pids.map(rssMb)),
      cpuMs: cpuMs(pids[0] ?? 0),
    });
  };
  const run = async () => {
    while (!closing.signal.aborted) {
      await look();
      await sleep(EVERY_MS, undefined, { signal: closing.signal }).catch(() => {});
    }
  };
  const ended = run().finally(() => redis.disconnect());
  ended.catch(() => {}); // whoever waits for it is told
  return {
    samples,
    ended,
    async close() {
      closing.abort();
      await ended.catch(() => {});
    },
  };
}

function workersOf({ processes }: Fleet): number[] {
  return processes.filter(({ name }) => name.startsWith('worker')).map(({ child }) => child.pid ?? 0);
}
