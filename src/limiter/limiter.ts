import type { Bucket } from '../domain/operations.ts';

/** One Okta org and one of its rate-limit buckets: what all turns are taken from. */
export interface Allowance {
  org: string;
  bucket: Bucket;
}

/** What an answer of Okta says about the allowance, in milliseconds and calls a window. */
export interface Seen {
  limit: number | null;
  remaining: number | null;
  /** A 429 for the rate: nobody calls for so long. */
  closeForMs: number | null;
}

/** An allowance as the fleet shares it at this moment. */
export interface AllowanceState {
  /** Calls a minute that the configuration allows. */
  configuredPerMinute: number;
  /** Calls a minute by Okta's last answer; null when there was none in the last day. */
  seenPerMinute: number | null;
  /** How long the bucket stays shut after a 429; 0 when it is open. */
  closedForMs: number;
}

/** The right to make one call, now. */
export interface Turn {
  allowance: Allowance;
  /** By `performance.now()`: a call that leaves later breaks the pace. */
  sendBy: number;
}

/** The shared limiter. Nobody calls Okta without having taken a turn. */
export interface Limiter {
  /**
   * Resolves when the caller's turn has come. Waits as long as that takes; rejects as soon as the signal is
   * aborted, with its reason.
   */
  take(allowance: Allowance, signal?: AbortSignal): Promise<Turn>;
  /** To be told after every answer. True when this answer has shut a bucket that was open. */
  settle(allowance: Allowance, seen: Seen): Promise<boolean>;
  state(allowance: Allowance): Promise<AllowanceState>;
}
