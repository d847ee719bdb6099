/** One Okta org and one of its rate-limit buckets: what all turns are taken from. */
export interface Allowance {
  org: string;
  bucket: string;
}

/** How an allowance may be spent: calls a window, where nothing else is said. */
export interface Pace {
  /** The bucket as configured: what is allowed until Okta has answered. */
  perWindow: number;
  /** Never more than this, whatever Okta allows. */
  mostPerWindow: number;
  /** What others are to find of the bucket as configured. */
  keepFreePerWindow: number;
  windowMs: number;
  /** How much longer one call may be on its way to Okta than another. */
  jitterMs: number;
}

/**
 * Who goes first in a process: `ahead` has every other turn while others wait, a `sweep` one in twenty of the fleet's,
 * but not two in a row, `fair` all the rest, in order.
 */
export type Lane = 'ahead' | 'fair' | 'sweep';

export interface TurnOptions {
  /** `fair` unless told. */
  lane?: Lane;
  signal?: AbortSignal | undefined;
}

/** The right to make one call, now. */
export interface Turn {
  readonly allowance: Allowance;
  /** By `performance.now()`: a call that leaves later breaks the pace. */
  readonly sendBy: number;
  /** Which turn of its allowance it is; turns of different lives of Redis' state are not compared. */
  readonly number: number;
  readonly life: number;
  /** When it fell due, by Redis' clock. */
  readonly dueMs: number;
}

/** What an answer of Okta says about its bucket, in milliseconds and calls a window; null is unknown. */
export interface Seen {
  limit: number | null;
  remaining: number | null;
  /** From the answer's `Date` to the reset. */
  resetInMs: number | null;
  /** Okta's own name for the window: the second in which it ends. */
  reset: number | null;
  /** A 429 for the rate: nobody calls for so long. */
  closeForMs: number | null;
  /** A 429 for too many calls at once: nothing is shut for it. */
  crowded: boolean;
}

/** Why the pace is what it is. */
export type PaceCause =
  /** The bucket as configured. */
  | 'configured'
  /** What Okta's answers state, which is the most specific bucket: a token has half of one by default. */
  | 'okta'
  /** The configured maximum; Okta would allow more. */
  | 'maximum'
  /** What is kept free for others. */
  | 'keep-free'
  /** Others spend so much of the bucket. */
  | 'others'
  /** Others, and Portage, have spent the whole bucket; it opens with the next window. */
  | 'used-up'
  /** Okta has answered 429. */
  | 'closed';

/** An allowance as the fleet shares it at this moment. */
export interface AllowanceState {
  /** Calls a minute at most, and why no more. */
  ceiling: { perMinute: number; from: Exclude<PaceCause, 'others' | 'used-up' | 'closed'> };
  /** Calls a minute by Okta's last answer; null when there was none in the last day. */
  seenPerMinute: number | null;
  /** Calls a minute at this moment, and why no more. 0 is shut. */
  pace: { perMinute: number; cause: PaceCause };
  /** Okta's window; null when no answer has told of one that goes on. */
  window: { usedByUs: number; usedByOthers: number; remaining: number; endsInMs: number } | null;
  /** What others have spent, a minute, by the last windows; null when no answer has told of this one or the last. */
  othersPerMinute: number | null;
  /** Calls under way, and callers that wait for a turn, in all processes. */
  inFlight: number;
  waiting: number;
  /** How long the bucket stays shut after a 429; 0 when it is open. */
  closedForMs: number;
  /** 429s so far in the life of this state: for the rate, and for calls at once. */
  throttled: number;
  crowded: number;
}

/** The shared limiter. Nobody calls Okta without having taken a turn. */
export interface Limiter {
  /**
   * Resolves when the caller's turn has come. Waits as long as that takes; rejects as soon as the signal is
   * aborted, with its reason, and when Redis cannot be asked.
   */
  take(allowance: Allowance, how?: TurnOptions): Promise<Turn>;
  /**
   * To be told after every call, also of one without an answer (null). True when this answer has shut a bucket
   * that was open.
   */
  settle(turn: Turn, seen: Seen | null): Promise<boolean>;
  state(allowance: Allowance): Promise<AllowanceState>;
}
