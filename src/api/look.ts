import type { App } from '../app.ts';
import type { OrgBucket } from '../domain/buckets.ts';
import { crowdedReason, gravestReason, type PaceReason } from '../domain/pace-reason.ts';
import type { FleetState } from '../domain/wait.ts';
import { allowanceOf, otherAllowancesOf } from '../producers/queries.ts';
import { readBound } from '../queue/bound.ts';
import { queueName } from '../queue/jobs.ts';
import { spendingOf } from './allowance-view.ts';

type Job = Parameters<typeof allowanceOf>[1];

/** What Redis knows of the fleet at this moment. Rejects when it cannot be asked. */
export type Look = (migration: Job) => Promise<FleetState>;

/** For one answer: each allowance is asked once, however many migrations of a page spend it. */
export function createLook(app: App): Look {
  const spending = once((allowance) => spendingOf(app, allowance));
  const atWork = once((allowance) => readQueue(app, allowance));

  async function paceOf(own: OrgBucket, { operation }: Job): Promise<PaceReason> {
    const others = otherAllowancesOf(app, own, operation).map(async ({ allowance, needed }) => ({
      ...(await spending(allowance)),
      needed,
    }));
    const [first, ...rest] = await Promise.all([spending(own), ...others]);
    return gravestReason({ ...first, needed: 'always' }, rest);
  }

  return async (migration) => {
    const own = allowanceOf(app, migration);
    if (!own) throw new Error(`Bug: ${migration.installation} is not configured`);
    const [{ workers, jobs, atOnce }, pace] = await Promise.all([atWork(own), paceOf(own, migration)]);
    return { workers, jobs, pace: crowdedReason(pace, atOnce) };
  };
}

async function readQueue(app: App, allowance: OrgBucket) {
  const { queue } = app.queues.subjects.get(queueName(allowance)) ?? bug(allowance);
  const [workers, jobs, atOnce] = await Promise.all([
    queue.getWorkersCount(),
    queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized'),
    readBound(app, allowance),
  ]);
  return { workers, jobs, atOnce };
}

function once<T>(ask: (allowance: OrgBucket) => Promise<T>): (allowance: OrgBucket) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (allowance) => {
    const key = queueName(allowance);
    const answer = asked.get(key) ?? ask(allowance);
    asked.set(key, answer);
    return answer;
  };
}

function bug({ org, bucket }: OrgBucket): never {
  throw new Error(`Bug: no queue for ${org} ${bucket}`);
}
