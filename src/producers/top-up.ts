import type { App } from '../app.ts';
import { migrationsInState } from '../db/migrations.ts';
import type { OrgBucket } from '../domain/buckets.ts';
import { fillUp, nextPlaces } from '../domain/fair.ts';
import type { MigrationId } from '../domain/ids.ts';
import { laneOf } from '../domain/lane.ts';
import type { Migration } from '../domain/migration.ts';
import { errorFields } from '../log.ts';
import { readBound } from '../queue/bound.ts';
import { queueName } from '../queue/jobs.ts';
import { slotsOf } from '../queue/slots.ts';
import { MINUTE, SECOND } from '../time.ts';
import { within } from '../within.ts';
import { type Backlog, readBacklog } from './backlog.ts';
import { holdIfAway } from './hold.ts';
import { nextPage, type Step, type Target } from './next-page.ts';
import { allowanceOf } from './queries.ts';

/**
 * So much work waits: more than the loop can pause for, when the worker dies that has its job. With what is put off
 * for another attempt it is no more than a minute's.
 */
const WAITING_MS = 20 * SECOND;
/** At whatever pace: so many jobs take 10 MB of Redis. */
const MOST_JOBS = 10_000;
/** One run of the loop takes no longer, and this process' calls wait no longer for it; the next one goes on. */
const BUDGET_MS = SECOND / 4;
/** So long one migration may keep the others waiting. */
const LONGEST_STEP_MS = 2 * SECOND;

/** A migration whose jobs are added; `level` is how many of them there are already, which all try to have equal. */
interface Feeder extends Target {
  migration: Migration;
  level: number;
}

/**
 * Fills the queue of an allowance up, so that it neither runs dry nor grows with the installations. The migrations
 * that feed it take turns (`docs/decisions/0007`). Small ones go ahead of the others, with a part of the workers' slots.
 */
export async function topUp(app: App, allowance: OrgBucket, budgetMs = BUDGET_MS): Promise<void> {
  const { queue } = app.queues.subjects.get(queueName(allowance)) ?? bug(allowance);
  const running = (await migrationsInState(app.db, 'running')).filter((migration) => {
    const spends = allowanceOf(app, migration);
    return spends?.org === allowance.org && spends.bucket === allowance.bucket;
  });
  if (running.length === 0) return;
  const [only] = running.length === 1 ? running : [];
  const backlog = await readBacklog(app.redis, queue, only?.id);
  const { ahead, fair } = inLanes(running, backlog);
  const deadlineMs = Date.now() + budgetMs;

  const underWay = (migration: Migration) => backlog.of(migration.id).underWay;
  const jobs = ({ id }: Migration) => backlog.of(id).jobs;
  const first = ahead.map((migration): Feeder => {
    return { queue, migration, level: underWay(migration), place: undefined, jobs: jobs(migration) };
  });
  const bound = await readBound(app, allowance);
  const slots = Math.min(slotsOf(app.config, allowance), bound?.jobs ?? 0);
  const half = Math.max(1, Math.floor(slots / 2));
  await feed(app, first, half - first.reduce((sum, { level }) => sum + level, 0), deadlineMs);

  const lines = fair.map(({ id }) => backlog.of(id).line);
  const places = nextPlaces(lines);
  const others = fair.map((migration, i): Feeder => {
    const level = lines[i]?.length ?? 0;
    return { queue, migration, level, place: places[i], jobs: jobs(migration) };
  });
  await feed(app, others, roomIn(app, allowance, backlog), deadlineMs);
}

/** Who goes ahead, as long as there is somebody to go ahead of. */
function inLanes(running: Migration[], backlog: Backlog): { ahead: Migration[]; fair: Migration[] } {
  const [ahead, fair] = [
    running.filter((migration) => laneOf(migration) === 'ahead'),
    running.filter((migration) => laneOf(migration) === 'fair'),
  ];
  const othersWait = fair.some(({ id, cursor }) => !cursor.restingSince || backlog.of(id).line.length > 0);
  return othersWait ? { ahead, fair } : { ahead: [], fair: running };
}

function roomIn({ config }: App, { org, bucket }: OrgBucket, { waiting, jobs }: Backlog): number {
  const perMinute = config.orgs[org]?.maxPerMinute[bucket] ?? 0;
  const most = Math.min(perMinute, MOST_JOBS);
  return Math.min(Math.ceil((perMinute * WAITING_MS) / MINUTE) - waiting, most - jobs);
}

/** Adds jobs until there is no room, no time or nobody left, the lowest levels first. */
async function feed(app: App, feeders: Feeder[], space: number, deadlineMs: number): Promise<void> {
  let room = space;
  let round = shuffled(feeders); // or the oldest would get all of a small room
  while (room > 0 && round.length > 0 && Date.now() < deadlineMs) {
    const next: Feeder[] = [];
    const shares = fillUp(
      round.map(({ level }) => level),
      room,
    );
    for (const [i, feeder] of round.entries()) {
      const share = shares[i] ?? 0;
      const step = share > 0 ? await stepOf(app, feeder, share) : waits(feeder);
      if (step.kind === 'enough') continue;
      const { offered, cursor } = step;
      room -= offered;
      const place = feeder.place === undefined ? undefined : feeder.place + offered;
      next.push({
        ...feeder,
        migration: { ...feeder.migration, cursor },
        level: feeder.level + offered,
        jobs: feeder.jobs + offered,
        place,
      });
    }
    round = next;
  }
}

const waits = ({ migration: { cursor } }: Feeder): Step => ({ kind: 'more', offered: 0, cursor });

/** Migrations whose last step of this process has not ended: their databases do not answer. */
const underWay = new WeakMap<App, Set<MigrationId>>();

/** A step of one migration, for which the others do not wait for long: it goes on, unheard. */
async function stepOf(app: App, feeder: Feeder, share: number): Promise<Step> {
  const { id } = feeder.migration;
  const steps = underWay.get(app) ?? new Set();
  underWay.set(app, steps);
  if (steps.has(id)) return { kind: 'enough' };
  steps.add(id);
  const step = offerNext(app, feeder, share).finally(() => steps.delete(id));
  return within(LONGEST_STEP_MS, step).catch((error: Error) => {
    if (error.name !== 'TimeoutError') throw error;
    return { kind: 'enough' };
  });
}

async function offerNext(app: App, feeder: Feeder, share: number): Promise<Step> {
  const { migration } = feeder;
  try {
    return await nextPage(app, migration, feeder, share);
  } catch (error) {
    app.log.warn(
      { migrationId: migration.id, ...errorFields(error as Error) },
      'could not offer the next rows',
    );
    await holdIfAway(app, migration);
    return { kind: 'enough' }; // the others go on
  }
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

function bug({ org, bucket }: OrgBucket): never {
  throw new Error(`Bug: no queue for ${org} ${bucket}`);
}
