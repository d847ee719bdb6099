import type { Config } from '../config/config.ts';
import type { OrgBucket } from '../domain/buckets.ts';
import { MINUTE, SECOND } from '../time.ts';

/** Calls under way at once are rate times latency, and Okta's slower creates take 2 s. */
const SLOW_CALL_MS = 2 * SECOND;
/** Okta allows 75 at once in an org, other applications' included (Okta, Concurrency rate limits). */
const MOST_AT_ONCE = 50;

/** Whoever comes late waits behind what is under way: so much work of it is no tenth of three minutes. */
const UNDER_WAY_MS = 10 * SECOND;

/** Jobs of an allowance's queue that one worker process has under way at once. */
export function slotsOf({ orgs }: Config, { org, bucket }: OrgBucket): number {
  const perMinute = orgs[org]?.maxPerMinute[bucket] ?? 0;
  return Math.min(MOST_AT_ONCE, Math.ceil((perMinute * SLOW_CALL_MS) / MINUTE) + 2);
}

/** Jobs of an allowance's queue that the whole fleet needs under way at this pace, those that wait for turns included. */
export const jobsAtPace = (perMinute: number): number => Math.ceil((perMinute * UNDER_WAY_MS) / MINUTE) + 2;
