import { BUCKET_NAMES, type Bucket } from './buckets.ts';

/** Counts per bucket, with their sum. */
export interface Tally {
  readonly total: number;
  readonly byBucket: Readonly<Record<string, number>>;
}

export interface Counters {
  countCall(bucket: Bucket): void;
  countThrottled(bucket: Bucket): void;
  /** `outcome` is the answer's status, or why there was none: `reset`, `aborted`. */
  countOutcome(outcome: string): void;
  read(): { calls: Tally; throttled: Tally; statuses: Readonly<Record<string, number>> };
}

export function createCounters(): Counters {
  const calls = new Map<string, number>(BUCKET_NAMES.map((bucket) => [bucket, 0]));
  const throttled = new Map(calls);
  const statuses = new Map<string, number>();
  return {
    countCall: (bucket) => increment(calls, bucket),
    countThrottled: (bucket) => increment(throttled, bucket),
    countOutcome: (outcome) => increment(statuses, outcome),
    read: () => ({
      calls: toTally(calls),
      throttled: toTally(throttled),
      statuses: Object.fromEntries(statuses),
    }),
  };
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function toTally(counts: ReadonlyMap<string, number>): Tally {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { total, byBucket: Object.fromEntries(counts) };
}
