/** What one look at a running fleet saw. */
export interface Sample {
  /** Monotonic. */
  atMs: number;
  /** Users that Okta has created since the samples began. */
  done: number;
  redisMb: number;
  /** Memory of the worker that is there from the first to the last. */
  rssMb: number;
  /** Memory of the largest worker. */
  largestRssMb: number;
  /** What the first worker has computed for since it started. */
  cpuMs: number;
}

/** How fast people were done, and what one of them cost the worker; null where nothing happened. */
export interface Pace {
  perSecond: number | null;
  cpuMsEach: number | null;
}

const SECOND = 1_000;

/** The pace between two samples of a run, the first and the last of those given. */
export function paceOf(samples: readonly Pick<Sample, 'atMs' | 'done' | 'cpuMs'>[]): Pace {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.done === first.done) return { perSecond: null, cpuMsEach: null };
  const done = last.done - first.done;
  return {
    perSecond: (done * SECOND) / (last.atMs - first.atMs),
    cpuMsEach: (last.cpuMs - first.cpuMs) / done,
  };
}

/** The two paces as one, as if they had been one run. */
export function together(first: Pace, second: Pace): Pace {
  const mean = (a: number | null, b: number | null) => (a !== null && b !== null ? (a + b) / 2 : (a ?? b));
  return {
    perSecond: mean(first.perSecond, second.perSecond),
    cpuMsEach: mean(first.cpuMsEach, second.cpuMsEach),
  };
}

/** The samples from `from` to `to`, both of them monotonic milliseconds. */
export function between<S extends { atMs: number }>(samples: readonly S[], from: number, to: number): S[] {
  return samples.filter(({ atMs }) => atMs >= from && atMs <= to);
}

/** The middle memory of the first worker in the first and in the last third of the time. */
export function thirds(samples: readonly Pick<Sample, 'atMs' | 'rssMb'>[]): { first: number; last: number } {
  const [start, end] = [samples[0]?.atMs ?? 0, samples.at(-1)?.atMs ?? 0];
  const third = (end - start) / 3;
  const middle = (from: number, to: number) => median(between(samples, from, to).map(({ rssMb }) => rssMb));
  return { first: middle(start, start + third), last: middle(end - third, end) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

export const highest = (values: readonly number[]) =>
  values.reduce((most, value) => Math.max(most, value), 0);
