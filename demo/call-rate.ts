import { readCounters } from './okta.ts';

const SPAN_MS = 10_000;
const MINUTE = 60_000;

/** Tells at each call how many calls a minute have come to Okta in the last ten seconds. */
export function createCallRate(oktaUrl: string): () => Promise<number> {
  let samples: { atMs: number; calls: number }[] = [];
  return async () => {
    const { calls } = await readCounters(oktaUrl);
    const last = { atMs: performance.now(), calls: calls.byBucket.users ?? 0 };
    samples = [...samples.filter(({ atMs }) => atMs > last.atMs - SPAN_MS), last];
    const first = samples[0] ?? last;
    const tookMs = last.atMs - first.atMs;
    return tookMs === 0 ? 0 : Math.round(((last.calls - first.calls) * MINUTE) / tookMs);
  };
}
