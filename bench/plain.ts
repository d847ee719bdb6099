import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import type { Fleet, FleetOptions } from '../demo/fleet.ts';
import { type Process, startProcess, untilReady } from '../demo/processes.ts';
import { type Pace, paceOf } from './figures.ts';
import { cpuMs, rssMb } from './process-usage.ts';

/** As many at once as a worker of Portage at any of the bench's allowances. */
const CONCURRENCY = 50;
const LOOK_EVERY_MS = 100;
/** The first jobs find cold code and connections. */
const WARM_UP = 0.2;

/** The plain worker, running, and its queue. */
export interface Plain {
  process: Process;
  /** Runs that many jobs; the pace of those after the first fifth. */
  run(jobs: number, signal: AbortSignal): Promise<Pace>;
  /** What it holds now. */
  rssMb(): number;
  stop(): Promise<void>;
}

export async function startPlain(
  { redisUrl, redisPrefix, installationUrl, folder }: FleetOptions,
  { oktaUrl, oktaToken, groupId }: Fleet,
): Promise<Plain> {
  const connection = await createConnection(installationUrl);
  await connection.query('CREATE TABLE plain_reference (user_id INT NOT NULL, uuid BINARY(20) NOT NULL)');
  await connection.end();
  const env = {
    REDIS_URL: redisUrl,
    REDIS_PREFIX: redisPrefix,
    DATABASE_URL: installationUrl,
    OKTA_URL: oktaUrl,
    OKTA_API_TOKEN: oktaToken,
    OKTA_GROUP: groupId,
    CONCURRENCY: String(CONCURRENCY),
  };
  const process = startProcess({ name: 'plain', args: ['bench/plain-worker.ts'], env }, folder);
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('plain', { connection: redis, prefix: redisPrefix });
  const stop = async () => {
    await process.stop();
    await queue.close();
    redis.disconnect();
  };
  let next = 1;
  try {
    await untilReady(process, () => readFileSync(process.log, 'utf8').includes('ready\n') || undefined);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    process,
    async run(jobs, signal) {
      const pid = process.child.pid ?? 0;
      await queue.addBulk(Array.from({ length: jobs }, () => ({ name: 'plain', data: { id: next++ } })));
      const samples = [];
      for (let done = 0; done < jobs; ) {
        await sleep(LOOK_EVERY_MS, undefined, { signal });
        done = jobs - (await queue.getJobCountByTypes('waiting', 'active'));
        if (done >= jobs * WARM_UP) samples.push({ atMs: performance.now(), done, cpuMs: cpuMs(pid) });
        if ((await queue.getFailedCount()) > 0) throw new Error('A job of the plain worker failed');
      }
      await queue.obliterate({ force: true });
      return paceOf(samples);
    },
    rssMb: () => rssMb(process.child.pid ?? 0),
    stop,
  };
}
