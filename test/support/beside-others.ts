import { Redis } from 'ioredis';
import {
  doneSoFar,
  expectAgreement,
  killWorker,
  type Replaced,
  startMigrations,
  untilDone,
  wantedUsers,
} from './fault-run.ts';
import { createFleet, type TestFleetOptions } from './fleet.ts';
import { lateCalls } from './late-calls.ts';
import { startPrivateRedis } from './private-servers.ts';
import { controlOf } from './simulator.ts';

/** A run in a bucket that is not Portage's alone, in which workers are killed and Redis is emptied. */
export interface BesideOthers extends Omit<TestFleetOptions, 'redisUrl' | 'perMinute' | 'windowSeconds'> {
  perMinute: number;
  windowSeconds: number;
  /** What other applications take of the bucket, evenly; 0 is nobody. */
  othersPerMinute: number;
  /** When, by the share of people who are done. */
  killsAt: readonly number[];
  flushesAt: readonly number[];
  withinMs: number;
}

export interface Shared {
  /** Portage's calls, those of them that got a 429, and the most in any window. */
  calls: number;
  throttled: number;
  busiestWindow: number;
  others: { calls: number; throttled: number };
}

/** Everybody is carried over once, and both ends agree to the row. */
export async function runBesideOthers({
  othersPerMinute,
  killsAt,
  flushesAt,
  withinMs,
  ...how
}: BesideOthers): Promise<Shared> {
  const redis = await startPrivateRedis();
  const fleet = await createFleet({ ...how, redisUrl: redis.url, adjust: lateCalls });
  try {
    const okta = controlOf(fleet.oktaUrl);
    if (othersPerMinute > 0) await okta.callAsOutsiders('users', othersPerMinute);
    const ids = await startMigrations(fleet);
    const killed: Replaced[] = [];
    const killOne = async () => {
      await killed.at(-1)?.runsAgain();
      killed.push(await killWorker(fleet));
    };
    const faults = [
      ...killsAt.map((share) => ({ share, befall: killOne })),
      ...flushesAt.map((share) => ({ share, befall: () => flush(redis.url) })),
    ];
    for (const { share, befall } of faults.toSorted((a, b) => a.share - b.share)) {
      await untilDone(fleet, share, withinMs);
      await befall();
      expect(await doneSoFar(fleet)).toBeLessThan(wantedUsers(fleet));
    }
    await killed.at(-1)?.runsAgain();
    await expectAgreement(fleet, ids, { killed: killed.map(({ name }) => name), withinMs });
    expect(killed).toHaveLength(killsAt.length);
    const { calls, throttled, busiestMinute } = (await fleet.ends()).okta;
    return { calls, throttled, busiestWindow: busiestMinute, others: await okta.outsiders() };
  } finally {
    await fleet.close();
    await redis.close();
  }
}

async function flush(url: string): Promise<void> {
  const client = new Redis(url);
  expect(await client.dbsize()).toBeGreaterThan(0);
  await client.flushall();
  client.disconnect();
}
