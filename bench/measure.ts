import { setTimeout as sleep } from 'node:timers/promises';
import { INSTALLATION } from '../demo/configuration.ts';
import type { Fleet, FleetOptions } from '../demo/fleet.ts';
import { readCounters } from '../demo/okta.ts';
import { anyEnds } from '../demo/processes.ts';
import { say } from '../demo/say.ts';
import { between, type Sample } from './figures.ts';
import type { Options } from './options.ts';
import { type Plain, startPlain } from './plain.ts';
import type { Measured } from './report.ts';
import { type Sampler, startSampler } from './sampler.ts';

const SECOND = 1_000;
/** Each of the plain worker's two turns, of all people; long enough to be warm in any case. */
const PLAIN_SHARE = 1 / 20;
const LEAST_JOBS = 2_000;
/** A worker that has just started is not yet what is to be measured. */
const WARM_UP_MS = 5 * SECOND;
/** The last calls of a migration are fewer at once. */
const RUN_DOWN = 0.95;
/** What has not ended by itself so long after the deadline hangs. */
const GRACE_MS = 60 * SECOND;
/** Without a call by then, there is nothing to measure. */
const FIRST_CALL_WITHIN_MS = 30 * SECOND;
const NEVER = Number.POSITIVE_INFINITY;

/** Lets the plain worker run, then Portage, then the plain worker again. */
export async function measure(
  fleet: Fleet,
  options: Options & FleetOptions,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Omit<Measured, 'referenced' | 'seconds'>> {
  const jobs = Math.max(LEAST_JOBS, Math.ceil(options.panelists * PLAIN_SHARE));
  const plain = await startPlain(options, fleet);
  try {
    const over = new AbortController();
    const tooLate = AbortSignal.timeout(Math.ceil(deadlineMs - performance.now()) + GRACE_MS);
    const until = AbortSignal.any([signal, over.signal, tooLate]);
    const work = async () => {
      const first = await runPlain(plain, jobs, until);
      const migration = await migrate(fleet, options, deadlineMs - first.tookMs - WARM_UP_MS, until);
      const second = await runPlain(plain, jobs, until);
      const { throttled } = await readCounters(fleet.oktaUrl);
      const { panelists } = options;
      return {
        ...migration,
        plain: [first.pace, second.pace] as Measured['plain'],
        plainRssMb: plain.rssMb(),
        panelists,
        throttled: throttled.total,
      };
    };
    try {
      return await Promise.race([work(), anyEnds([...fleet.processes, plain.process])]);
    } finally {
      over.abort();
    }
  } finally {
    await plain.stop();
  }
}

async function runPlain(plain: Plain, jobs: number, signal: AbortSignal) {
  const startedMs = performance.now();
  const pace = await plain.run(jobs, signal);
  say('plain', `${jobs} jobs, ${Math.round(pace.perSecond ?? 0)} a second`, startedMs);
  return { pace, tookMs: performance.now() - startedMs };
}

/** One worker for the first half, of the people or of the time; then two, until the end or the deadline. */
async function migrate(
  fleet: Fleet,
  options: Options & FleetOptions,
  deadlineMs: number,
  signal: AbortSignal,
) {
  const startedMs = performance.now();
  const [id, firstCallMs] = await postAndWaitForCall(fleet, signal);
  say('Portage', `migration ${id}: first call after ${Math.round(firstCallMs)} ms`);
  const sampler = await startSampler(fleet, options.redisUrl);
  try {
    const secondMs = await look(fleet, id, options.panelists, sampler, startedMs, deadlineMs, signal);
    const endedMs = performance.now();
    const { samples } = sampler;
    const most = samples.at(-1)?.done ?? 0;
    say('Portage', `${most} people`, startedMs);
    return {
      firstCallMs,
      samples,
      alone: between(samples, startedMs + WARM_UP_MS, secondMs),
      inPair: between(samples, secondMs + WARM_UP_MS, endedMs).filter(({ done }) => done <= most * RUN_DOWN),
    };
  } finally {
    await sampler.close();
  }
}

/** Looks until the migration has finished or its time is over; resolves to when the second worker was added. */
async function look(
  fleet: Fleet,
  id: number,
  panelists: number,
  { samples, ended }: Sampler,
  startedMs: number,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<number> {
  const halfMs = startedMs + (deadlineMs - startedMs) / 2;
  let secondMs = NEVER;
  for (;;) {
    const { state, wait } = await fleet.portage.migration(id);
    if (state === 'held')
      throw new Error(`Portage holds the migration: ${wait?.message ?? 'it says no reason'}`);
    if (state === 'finished' || performance.now() > deadlineMs) return secondMs;
    const isHalf = (samples.at(-1)?.done ?? 0) >= panelists / 2 || performance.now() > halfMs;
    if (isHalf && secondMs === NEVER) {
      secondMs = performance.now();
      fleet.addWorker();
      sayHalf(samples, startedMs);
    }
    await Promise.race([sleep(SECOND, undefined, { signal }), failureOf(ended)]);
  }
}

function sayHalf(samples: Sample[], startedMs: number): void {
  say('Portage', `${samples.at(-1)?.done ?? 0} people with one worker; a second one starts`, startedMs);
}

/** Never resolves. */
async function failureOf(ended: Promise<void>): Promise<never> {
  await ended;
  return new Promise(() => {});
}

async function postAndWaitForCall(
  { portage, oktaUrl }: Fleet,
  signal: AbortSignal,
): Promise<[number, number]> {
  const { calls: before } = await readCounters(oktaUrl);
  const startedMs = performance.now();
  const [{ id }, firstCallMs] = await Promise.all([
    portage.start(INSTALLATION, 'create-panelists'),
    (async () => {
      while (performance.now() - startedMs < FIRST_CALL_WITHIN_MS) {
        const { calls } = await readCounters(oktaUrl);
        if (calls.total > before.total) return performance.now() - startedMs;
        await sleep(10, undefined, { signal });
      }
      throw new Error(`No call within ${FIRST_CALL_WITHIN_MS / SECOND} s`);
    })(),
  ]);
  return [id, firstCallMs];
}
