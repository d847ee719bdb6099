import { BUCKETS, type Bucket, type Row } from './buckets.ts';
import type { Options } from './options.ts';

const MINUTE = 60_000;
const SECOND = 1000;

/** What the X-Rate-Limit headers of one answer say. */
export interface Standing {
  readonly limit: number;
  readonly remaining: number;
  readonly resetEpochSeconds: number;
}

export interface Verdict extends Standing {
  readonly kind: 'passed' | 'throttled';
}

/** One moment on both clocks: windows run on the monotonic one, Reset is told by the wall. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export interface RateLimits {
  /** Counts one call; whose principal is known also counts in the share of that one. */
  take(bucket: Bucket, principal: string | null, at: Moment): Verdict;
  /** Empties the bucket for the rest of its window and answers as the next call would see it. */
  shut(bucket: Bucket, principal: string | null, at: Moment): Verdict;
}

interface Level {
  readonly limit: number;
  remaining: number;
  endsMs: number;
  resetEpochSeconds: number;
}

/** A bucket of the whole org, and what each token and each OAuth client may take of it. */
interface Nest {
  readonly org: Level;
  readonly shares: Map<string, Level>;
}

type Levels = readonly [org: Level] | readonly [org: Level, share: Level];

/** Fixed windows, each opened by the first call that finds none open. Okta, rate limits. */
export function createRateLimits(options: Options): RateLimits {
  const nests = new Map(BUCKETS.map((row) => [row.bucket, nestOf(row, options)]));
  const nestFor = (bucket: Bucket): Nest => {
    const nest = nests.get(bucket);
    if (nest === undefined) throw new Error(`Bug: no bucket ${bucket}`);
    return nest;
  };
  const openLevels = (bucket: Bucket, principal: string | null, at: Moment): Levels => {
    const nest = nestFor(bucket);
    const levels: Levels = principal === null ? [nest.org] : [nest.org, shareOf(nest, principal, options)];
    for (const level of levels) openIfOver(level, at, options.windowMs);
    return levels;
  };
  return {
    take: (bucket, principal, at) => takeFrom(openLevels(bucket, principal, at), options),
    shut(bucket, principal, at) {
      const levels = openLevels(bucket, principal, at);
      const { org, shares } = nestFor(bucket);
      for (const level of [org, ...shares.values()]) level.remaining = 0;
      return takeFrom(levels, options);
    },
  };
}

function nestOf({ bucket, perMinute }: Row, options: Options): Nest {
  const users = bucket === 'users' ? options.usersPerMinute : null;
  const ofMinute = users ?? options.perMinute[bucket] ?? perMinute[options.edition];
  return { org: closedLevel((ofMinute * options.windowMs) / MINUTE), shares: new Map() };
}

function shareOf({ org, shares }: Nest, principal: string, { tokenSharePercent }: Options): Level {
  const known = shares.get(principal);
  if (known !== undefined) return known;
  const share = closedLevel((org.limit * tokenSharePercent) / 100);
  shares.set(principal, share);
  return share;
}

function closedLevel(calls: number): Level {
  const limit = Math.max(1, Math.floor(calls));
  return { limit, remaining: limit, endsMs: Number.NEGATIVE_INFINITY, resetEpochSeconds: 0 };
}

/** Reset is cut to whole seconds, as recorded: the window may stay open up to a second longer. */
function openIfOver(level: Level, at: Moment, windowMs: number): void {
  if (at.monotonicMs < level.endsMs) return;
  level.remaining = level.limit;
  level.endsMs = at.monotonicMs + windowMs;
  level.resetEpochSeconds = Math.floor((at.wallMs + windowMs) / SECOND);
}

/** A call decrements every level or, refused by one of them, none. */
function takeFrom(levels: Levels, { rateLimitHeaders }: Options): Verdict {
  const [org, share = org] = levels;
  const passed = org.remaining > 0 && share.remaining > 0;
  if (passed) for (const level of new Set([org, share])) level.remaining -= 1;
  const { limit, remaining, resetEpochSeconds } =
    rateLimitHeaders === 'tighter' ? tighter(org, share) : share;
  return { kind: passed ? 'passed' : 'throttled', limit, remaining, resetEpochSeconds };
}

function tighter(a: Level, b: Level): Level {
  return b.remaining <= a.remaining ? b : a;
}
