import { BUCKET_NAMES, type Bucket } from './buckets.ts';

/** When calls arrived, in monotonic milliseconds; eight bytes a call, so that a million stay light. */
export interface Arrivals {
  add(bucket: Bucket, atMs: number): void;
  of(bucket: Bucket): Float64Array;
  /** The most arrivals in any [t, t + windowMs), wherever t lies. */
  busiestWindow(bucket: Bucket, windowMs: number): number;
}

export function createArrivals(): Arrivals {
  const logs = new Map(BUCKET_NAMES.map((bucket) => [bucket, createLog()]));
  const logOf = (bucket: Bucket) => {
    const log = logs.get(bucket);
    if (log === undefined) throw new Error(`Bug: no bucket ${bucket}`);
    return log;
  };
  return {
    add: (bucket, atMs) => logOf(bucket).push(atMs),
    of: (bucket) => logOf(bucket).times(),
    busiestWindow: (bucket, windowMs) => busiest(logOf(bucket).times(), windowMs),
  };
}

function createLog() {
  let times = new Float64Array(1024);
  let length = 0;
  return {
    push(atMs: number): void {
      if (length === times.length) times = grown(times);
      times[length] = atMs;
      length += 1;
    },
    times: () => times.subarray(0, length),
  };
}

function grown(times: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(times.length * 2);
  larger.set(times);
  return larger;
}

function busiest(times: Float64Array, windowMs: number): number {
  let most = 0;
  let first = 0;
  for (let last = 0; last < times.length; last += 1) {
    while ((times[first] ?? 0) + windowMs <= (times[last] ?? 0)) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
