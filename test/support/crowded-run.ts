import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { REDIS_URL } from './databases.ts';
import { eventually } from './eventually.ts';
import { expectAgreement, startMigrations } from './fault-run.ts';
import { createFleet } from './fleet.ts';
import { controlOf } from './simulator.ts';

const QUEUE = 'okta.users';

export interface Crowded {
  /** What Portage is configured to have under way at once, and what Okta takes. */
  configured: number;
  taken: number;
  panelists: number;
  /** Long beside what a slow machine does between two calls, or they would not crowd. */
  latencyMs: number;
  /** How far the bound has to come back once nobody is refused any more. */
  backTo: (lowest: number) => number;
  withinMs: number;
}

/** How often Okta refused because too many calls were under way, and each value that the bound has had. */
export interface Settled {
  refused: number;
  bounds: number[];
}

/** A fleet whose calls are more at once than Okta takes; everybody is carried over, and nobody fails for it. */
export async function runCrowded({
  configured,
  taken,
  panelists,
  latencyMs,
  backTo,
  withinMs,
}: Crowded): Promise<Settled> {
  const fleet = await createFleet({
    admins: 0,
    panelists,
    workers: 2,
    perMinute: 6_000,
    windowSeconds: 6,
    latencyMs,
    concurrency: taken,
    adjust: (file) => {
      const okta = { ...file.orgs.okta, concurrency: configured };
      return { ...file, orgs: { okta } } as typeof file;
    },
  });
  const redis = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
  const queue = new Queue(QUEUE, { connection: redis, prefix: fleet.redisPrefix });
  try {
    const okta = controlOf(fleet.oktaUrl);
    const ids = await startMigrations(fleet);
    await eventually('Okta refuses calls', async () => (await okta.concurrency()).refused > 0);
    await expectAgreement(fleet, ids, { withinMs });
    const lowest = Math.min(...boundsIn(fleet.logs()));
    const enough = backTo(lowest);
    const isBack = async () => ((await queue.getGlobalConcurrency()) ?? 0) >= enough;
    await eventually(`the bound is ${enough} again`, isBack, withinMs);
    return { refused: (await okta.concurrency()).refused, bounds: boundsIn(fleet.logs()) };
  } finally {
    await queue.close();
    redis.disconnect();
    await fleet.close();
  }
}

/** In the order in which they were set. */
function boundsIn(logs: string): number[] {
  const lines = logs.split('\n').filter((line) => line.includes('"msg":"jobs under way at once'));
  const set = lines.map((line) => JSON.parse(line) as { time: number; queue: string; to: number });
  const ofUsers = set.filter(({ queue }) => queue === QUEUE);
  return ofUsers.toSorted((a, b) => a.time - b.time).map(({ to }) => to);
}
