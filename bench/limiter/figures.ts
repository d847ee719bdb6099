/** What was seen of one limiter; times in milliseconds from its first call. */
export interface Seen {
  /** Calls in one of Okta's windows, everybody's together. */
  allowance: number;
  windowMs: number;
  /** Ours, in order, those answered 429 too. */
  arrivalsMs: number[];
  /** When those left that were answered 429. */
  throttledMs: number[];
  throttled: number;
  /** Calls of other applications that passed, in each whole window after our first call. */
  othersPassed: number[];
  outsidersThrottled: number;
  redisCommands: number;
}

/** What the bench says about one limiter. */
export interface Figures {
  /** Most arrivals in any [t, t + window), wherever t lies. */
  maxInWindow: number;
  allowance: number;
  throttled: number;
  outsidersThrottled: number;
  /** Our calls that passed in the whole windows, of the allowance of these; no window counts more than all of it. */
  utilisation: number;
  /** The same with those of the other applications. */
  bucketUtilisation: number;
  /** Longest time without a call of ours in the whole windows. */
  longestGapMs: number;
  redisCommandsPerCall: number;
}

export function figuresOf(seen: Seen): Figures {
  const { allowance, windowMs, arrivalsMs, throttledMs, othersPassed } = seen;
  const windows = othersPassed.length;
  const countIn = (window: number, times: number[]) =>
    times.filter((at) => Math.floor(at / windowMs) === window).length;
  const passed = othersPassed.map((_, window) => countIn(window, arrivalsMs) - countIn(window, throttledMs));
  const share = (calls: number[]) => sum(calls.map((n) => Math.min(n, allowance))) / (allowance * windows);
  return {
    maxInWindow: mostInWindow(arrivalsMs, windowMs),
    allowance,
    throttled: seen.throttled,
    outsidersThrottled: seen.outsidersThrottled,
    utilisation: share(passed),
    bucketUtilisation: share(passed.map((ours, index) => ours + (othersPassed[index] ?? 0))),
    longestGapMs: longestGap(arrivalsMs, windows * windowMs),
    redisCommandsPerCall: seen.redisCommands / arrivalsMs.length,
  };
}

/** The most of the times, which are in order, in any half-open window. */
function mostInWindow(atMs: readonly number[], windowMs: number): number {
  let first = 0;
  let most = 0;
  for (const [index, at] of atMs.entries()) {
    while ((atMs[first] ?? 0) <= at - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

function longestGap(atMs: readonly number[], endMs: number): number {
  const marks = [...atMs.filter((at) => at < endMs), endMs];
  return marks.reduce((longest, at, index) => Math.max(longest, at - (marks[index - 1] ?? 0)), 0);
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
