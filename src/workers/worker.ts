import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, Worker, type WorkerOptions } from 'bullmq';
import { type App, fleetOf } from '../app.ts';
import { errorFields } from '../log.ts';
import { createOktaClient, type OktaClient } from '../okta/client.ts';
import { isOutage } from '../outage.ts';
import { keepGoing } from '../producers/keep-going.ts';
import { keepBounds } from '../queue/bound.ts';
import { queueName, RECONCILE_QUEUE, type SubjectJob } from '../queue/jobs.ts';
import { slotsOf } from '../queue/slots.ts';
import { repeat } from '../repeat.ts';
import { HOUR, SECOND } from '../time.ts';
import { probe } from './probe.ts';
import { runReconcile } from './run-reconcile.ts';
import { runSubject } from './run-subject.ts';
import { safely } from './safely.ts';
import { createTally } from './tally.ts';

/** A killed worker's jobs run again once its locks have lapsed and the next look finds them: within 20 s. */
const LOCKS = {
  lockDuration: 10 * SECOND, // renewed every 5 s, so one lost renewal does no harm
  stalledInterval: 4 * SECOND,
  maxStalledCount: 5, // a fleet that is scaled down often kills the same job more than once
} as const satisfies Partial<WorkerOptions>;

/** What Bull Board can still show; the truth is in MySQL. */
const KEPT = {
  removeOnComplete: { count: 1_000 },
  removeOnFail: { count: 5_000, age: (24 * HOUR) / SECOND },
} as const satisfies Partial<WorkerOptions>;

/** How often each process looks for what is missing or due: what Redis has lost is back within seconds. */
const LOOK_EVERY_MS = 1 * SECOND;
/** A call that is under way for longer when the process stops is left to the next process. */
const PATIENCE_MS = 8 * SECOND;

/** One worker process: takes jobs of every queue, and keeps the reconcile loop going. */
export interface WorkerProcess {
  /** Takes no more jobs, lets calls under way end, gives the other jobs back. Safe to call twice. */
  close(): Promise<void>;
}

export function startWorker(app: App): WorkerProcess {
  const stopping = new AbortController();
  const clients = new Map(
    Object.values(app.config.orgs).map((org) => [org.name, createOktaClient(org, fleetOf(app))]),
  );
  const workers = openWorkers(app, clients, stopping.signal);
  const { signal } = stopping;
  const watching = Promise.all([
    repeat(app.log, 'look for running migrations', LOOK_EVERY_MS, signal, () => keepGoing(app)),
    repeat(app.log, 'bound the jobs under way', LOOK_EVERY_MS, signal, () => keepBounds(app)),
    repeat(app.log, 'probe for held migrations', LOOK_EVERY_MS, signal, () => probe(app, clients, signal)),
  ]);

  const close = async () => {
    const closed = Promise.all(workers.map((worker) => worker.close()));
    stopping.abort(); // after close, or this process would take again what it gives back
    await Promise.race([Promise.all([closed, watching]), sleep(PATIENCE_MS, undefined, { ref: false })]);
    for (const okta of clients.values()) okta.close();
  };
  let closing: Promise<void> | undefined;
  return {
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function openWorkers(app: App, clients: Map<string, OktaClient>, signal: AbortSignal): Worker[] {
  const common = { connection: app.redis, prefix: app.config.redis.prefix, ...LOCKS };
  const tally = createTally(app.redis, app.config.redis.prefix);
  const subjects = [...app.queues.subjects.values()].map(({ allowance }) => {
    const okta = clients.get(allowance.org);
    if (!okta) throw new Error(`Bug: no Okta client for ${allowance.org}`);
    const run = (job: Job<SubjectJob>) => runSubject(app, okta, tally, job, signal);
    const options = { ...common, ...KEPT, concurrency: slotsOf(app.config, allowance) };
    return new Worker<SubjectJob>(queueName(allowance), safely(app.log, run), options);
  });
  const reconcile = new Worker(
    RECONCILE_QUEUE,
    safely(app.log, (job) => runReconcile(app, job)),
    {
      ...common,
      // Every allowance's top-up at once, and beside them counts, of which some may be silent for minutes.
      concurrency: subjects.length + 2 * app.installations.size,
    },
  );
  const workers: Worker[] = [...subjects, reconcile];
  // What Redis does is logged once for the whole process.
  for (const worker of workers)
    worker.on('error', (error) => !isOutage(error) && app.log.warn(errorFields(error), 'queue'));
  return workers;
}
