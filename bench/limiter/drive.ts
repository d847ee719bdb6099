import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dropKeys } from '../../demo/redis-keys.ts';
import { sleepUntil } from './clock.ts';
import type { Driver } from './driver.ts';
import type { Seen } from './figures.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { LIMITERS, type LimiterName } from './limiters.ts';
import { type Okta, startOkta } from './okta.ts';
import type { Options } from './options.ts';

const SECOND = 1_000;
const FIRST_CALL_WITHIN_MS = 30 * SECOND;

/** Where a run of the bench keeps its things. */
export interface Place {
  redisUrl: string;
  redisPrefix: string;
  /** Of logs. */
  folder: string;
}

/** Drives one limiter against an org of its own. */
export async function drive(
  limiter: LimiterName,
  options: Options,
  { redisUrl, redisPrefix, folder }: Place,
  signal: AbortSignal,
): Promise<Seen> {
  const { perWindow, windowMs, jitterMs, seconds, processes } = options;
  const prefix = `${redisPrefix}:${limiter}`;
  const logs = join(folder, limiter);
  mkdirSync(logs);
  const okta = await startOkta(options, logs, signal);
  try {
    const setting = { redisUrl, prefix, perWindow, windowMs, jitterMs };
    const driver: Driver = LIMITERS[limiter];
    await driver.prepare?.(setting, perWindow * (2 + (seconds * SECOND) / windowMs));
    const fleet = await startFleet(processes, { limiter, setting, oktaUrl: okta.url, oktaToken: okta.token });
    try {
      return await Promise.race([watch(fleet, okta, options, signal), fleet.ended]);
    } finally {
      await fleet.stop();
    }
  } finally {
    await okta.stop();
    await dropKeys(redisUrl, [prefix, `b_${prefix}`]); // Bottleneck puts b_ before its own
  }
}

async function watch(fleet: Fleet, okta: Okta, options: Options, signal: AbortSignal): Promise<Seen> {
  const { seconds, windowMs, perWindow } = options;
  const firstMs = await firstCall(fleet, signal);
  const before = await okta.outsiders();
  const othersUntil = [before.passed];
  for (let end = windowMs; end <= seconds * SECOND; end += windowMs) {
    await sleepUntil(firstMs + end, signal);
    othersUntil.push((await okta.outsiders()).passed);
  }
  await sleepUntil(firstMs + seconds * SECOND, signal);
  const reports = await fleet.reports();
  const [arrivals, throttled, outsiders] = await Promise.all([
    okta.arrivalsMs(),
    okta.throttled(),
    okta.outsiders(),
  ]);
  return {
    allowance: perWindow,
    windowMs,
    arrivalsMs: arrivals.map((at) => at - (arrivals[0] ?? 0)),
    throttledMs: reports.flatMap(({ throttledAtMs }) => throttledAtMs).map((at) => at - firstMs),
    throttled,
    othersPassed: othersUntil.slice(1).map((until, index) => until - (othersUntil[index] ?? 0)),
    outsidersThrottled: outsiders.throttled,
    redisCommands: reports.reduce((sum, { commands }) => sum + commands, 0),
  };
}

async function firstCall(fleet: Fleet, signal: AbortSignal): Promise<number> {
  const called = new AbortController();
  const tooLate = sleep(FIRST_CALL_WITHIN_MS, undefined, {
    signal: AbortSignal.any([signal, called.signal]),
  });
  try {
    const firstMs = await Promise.race([fleet.go(), tooLate]);
    if (firstMs === undefined) throw new Error(`No call within ${FIRST_CALL_WITHIN_MS / SECOND} s`);
    return firstMs;
  } finally {
    called.abort();
  }
}
