import type { App } from '../app.ts';
import { migrationsInState } from '../db/migrations.ts';
import type { Allowance } from '../limiter/limiter.ts';
import { errorFields } from '../log.ts';
import { queueName } from '../queue/jobs.ts';
import { SECOND } from '../time.ts';
import { holdIfAway } from './hold.ts';
import { nextPage, type Step } from './next-page.ts';
import { allowanceOf } from './source-of.ts';

/** At whatever pace: so many jobs take 10 MB of Redis. */
const MOST_WAITING = 10_000;
/** One run of the loop takes no longer, and this process' calls wait no longer for it; the next one goes on. */
const BUDGET_MS = SECOND / 4;

/**
 * Fills the queue of an allowance up to a minute of work, round-robin between the migrations that feed it,
 * so that Redis stays small and a small migration does not wait behind a large one.
 */
export async function topUp(app: App, allowance: Allowance): Promise<void> {
  const { queue } = app.queues.subjects.get(queueName(allowance)) ?? bug(allowance);
  const running = (await migrationsInState(app.db, 'running')).filter((migration) => {
    const spends = allowanceOf(app, migration);
    return spends?.org === allowance.org && spends.bucket === allowance.bucket;
  });
  const waiting = await queue.getJobCountByTypes('waiting', 'prioritized', 'delayed', 'active');
  const deadlineMs = Date.now() + BUDGET_MS;

  const minute = app.config.orgs[allowance.org]?.perMinute[allowance.bucket] ?? 0;
  let room = Math.min(minute, MOST_WAITING) - waiting;
  let round = shuffled(running); // or the oldest would get all of a small room
  while (room > 0 && round.length > 0 && Date.now() < deadlineMs) {
    const next: typeof round = [];
    const share = Math.ceil(room / round.length);
    for (const migration of round) {
      if (room <= 0) break;
      const step = await nextPage(app, queue, migration, Math.min(share, room), waiting === 0).catch(
        async (error): Promise<Step> => {
          app.log.warn({ migrationId: migration.id, ...errorFields(error) }, 'could not offer the next rows');
          await holdIfAway(app, migration);
          return { kind: 'enough' }; // the others go on
        },
      );
      if (step.kind === 'enough') continue;
      room -= step.offered;
      next.push({ ...migration, cursor: step.cursor });
    }
    round = next;
  }
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

function bug({ org, bucket }: Allowance): never {
  throw new Error(`Bug: no queue for ${org} ${bucket}`);
}
