import { runBesideOthers } from '../support/beside-others.ts';

/** 360 calls in 6 s: 180 for the token, 144 for others. */
const BUCKET = { perMinute: 3_600, windowSeconds: 6, latencyMs: 50 };

test('a token with half of a bucket, beside others with 40 %, loses nobody to a kill and a FLUSHALL; nobody else waits for it', async () => {
  const { throttled, busiestWindow, others } = await runBesideOthers({
    ...BUCKET,
    tokenShare: 50,
    othersPerMinute: 0.4 * BUCKET.perMinute,
    admins: 0,
    panelists: 700,
    workers: 2,
    killsAt: [0.3],
    flushesAt: [0.6],
    withinMs: 90_000,
  });
  expect(others.calls).toBeGreaterThan(144);
  expect(others.throttled).toBe(0);
  expect(throttled).toBeLessThanOrEqual(5);
  expect(busiestWindow).toBeLessThanOrEqual(180 + 5);
}, 240_000);
