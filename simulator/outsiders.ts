import { BUCKET_NAMES, type Bucket } from './buckets.ts';
import { createRandom } from './random.ts';
import type { Moment, RateLimits } from './rate-limits.ts';

const MINUTE = 60_000;

/** Calls of other applications in the same org: they count in the org's buckets, and in no token's share. */
export interface Traffic {
  readonly bucket: Bucket;
  /** On average; 0 ends it. */
  readonly perMinute: number;
  /** Of the gaps between the calls; null is one call like another, evenly spaced. */
  readonly seed: number | null;
}

export interface ReadTraffic extends Traffic {
  readonly calls: number;
  readonly throttled: number;
}

export interface Outsiders {
  /** In place of what there was in this bucket, from now on. */
  set(traffic: Traffic, at: Moment): void;
  /** Lets the calls happen that fell due since the last time. */
  catchUp(at: Moment): void;
  read(): readonly ReadTraffic[];
}

interface Flow {
  readonly traffic: Traffic;
  readonly gapMs: () => number;
  nextMs: number;
  calls: number;
  throttled: number;
}

/** Nothing ticks: whoever looks at a bucket sees what the outsiders would have done until then, each call in its moment. */
export function createOutsiders(limits: RateLimits): Outsiders {
  const flows = new Map<Bucket, Flow>();
  const call = (flow: Flow, { monotonicMs, wallMs }: Moment) => {
    const moment = { monotonicMs: flow.nextMs, wallMs: wallMs - (monotonicMs - flow.nextMs) };
    flow.calls += 1;
    if (limits.take(flow.traffic.bucket, null, moment).kind === 'throttled') flow.throttled += 1;
    flow.nextMs += flow.gapMs();
  };
  const catchUp = (at: Moment) => {
    for (const flow of flows.values()) while (flow.nextMs <= at.monotonicMs) call(flow, at);
  };
  return {
    set(traffic, at) {
      catchUp(at);
      flows.delete(traffic.bucket);
      if (traffic.perMinute > 0) flows.set(traffic.bucket, flowOf(traffic, at));
    },
    catchUp,
    read: () =>
      [...flows.values()].map(({ traffic, calls, throttled }) => ({ ...traffic, calls, throttled })),
  };
}

function flowOf(traffic: Traffic, { monotonicMs }: Moment): Flow {
  const meanMs = MINUTE / traffic.perMinute;
  const random = createRandom(traffic.seed ?? 0);
  const gapMs = traffic.seed === null ? () => meanMs : () => -meanMs * Math.log(1 - random());
  return { traffic, gapMs, nextMs: monotonicMs + gapMs(), calls: 0, throttled: 0 };
}

/** What an order for traffic says, or what is wrong about it. */
export function parseTraffic(body: Readonly<Record<string, unknown>>): Traffic | readonly string[] {
  const { bucket: name, perMinute, seed = null, ...rest } = body;
  const bucket = BUCKET_NAMES.find((known) => known === name);
  const isRate = typeof perMinute === 'number' && perMinute >= 0 && Number.isFinite(perMinute);
  const isSeed = seed === null || (typeof seed === 'number' && Number.isInteger(seed) && seed >= 0);
  const faults = [
    ...Object.keys(rest).map((key) => `${key}: unknown`),
    ...(bucket === undefined ? [`bucket: wanted one of ${BUCKET_NAMES.join(', ')}`] : []),
    ...(isRate ? [] : ['perMinute: wanted calls a minute, 0 or more']),
    ...(isSeed ? [] : ['seed: wanted a whole number, 0 or more, or none']),
  ];
  if (faults.length > 0 || bucket === undefined) return faults;
  return { bucket, perMinute: perMinute as number, seed: seed as number | null };
}
