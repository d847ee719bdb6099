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
  /** Counts one call; calls with our token also count in the token's share. */
  take(bucket: Bucket, withToken: boolean, at: Moment): Verdict;
  /** Empties the bucket for the rest of its window and answers as the next call would see it. */
  shut(bucket: Bucket, at: Moment): Verdict;
}

interface Level {
  readonly limit: number;
  remaining: number;
  endsMs: number;
  resetEpochSeconds: number;
}

type Levels = readonly [org: Level, token: Level];

/** Fixed windows, each opened by the first call that finds none open. Okta, rate limits. */
export function createRateLimits(options: Options): RateLimits {
  const buckets = new Map(BUCKETS.map((row) => [row.bucket, levelsOf(perMinuteOf(row, options), options)]));
  const openLevels = (bucket: Bucket, at: Moment): Levels => {
    const levels = buckets.get(bucket);
    if (levels === undefined) throw new Error(`Bug: no bucket ${bucket}`);
    for (const level of levels) openIfOver(level, at, options.windowMs);
    return levels;
  };
  return {
    take(bucket, withToken, at) {
      const [org, token] = openLevels(bucket, at);
      return takeFrom(withToken ? [org, token] : [org]);
    },
    shut(bucket, at) {
      const levels = openLevels(bucket, at);
      for (const level of levels) level.remaining = 0;
      return takeFrom(levels);
    },
  };
}

function perMinuteOf({ bucket, perMinute }: Row, options: Options): number {
  const users = bucket === 'users' ? options.usersPerMinute : null;
  return users ?? options.perMinute[bucket] ?? perMinute[options.edition];
}

function levelsOf(perMinute: number, options: Options): Levels {
  const limit = Math.max(1, Math.floor((perMinute * options.windowMs) / MINUTE));
  const share = Math.max(1, Math.floor((limit * options.tokenSharePercent) / 100));
  return [closedLevel(limit), closedLevel(share)];
}

function closedLevel(limit: number): Level {
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
function takeFrom(levels: readonly Level[]): Verdict {
  const passed = levels.every((level) => level.remaining > 0);
  if (passed) for (const level of levels) level.remaining -= 1;
  const { limit, remaining, resetEpochSeconds } = levels.reduce(tighter);
  return { kind: passed ? 'passed' : 'throttled', limit, remaining, resetEpochSeconds };
}

function tighter(a: Level, b: Level): Level {
  return b.remaining <= a.remaining ? b : a;
}
