import { runBesideOthers } from '../support/beside-others.ts';
import { say } from '../support/fault-run.ts';

/** 360 calls in 6 s. */
const BUCKET = { perMinute: 3_600, windowSeconds: 6, latencyMs: 100 };
const PER_WINDOW = 360;
const RUN = {
  ...BUCKET,
  admins: 40,
  panelists: 2_400,
  onlinePortals: [1, 2, 3],
  workers: 3,
  killsAt: [0.1, 0.2, 0.3, 0.5, 0.6, 0.8],
  flushesAt: [0.4, 0.7],
  withinMs: 120_000,
};

test('beside others with 40 % of the bucket, kills and FLUSHALLs cost nobody, and nobody sees a 429', async () => {
  const run = await runBesideOthers({ ...RUN, tokenShare: 100, othersPerMinute: 0.4 * BUCKET.perMinute });
  say(JSON.stringify(run));
  expect(run.others.calls).toBeGreaterThan(0.4 * PER_WINDOW);
  expect(run.others.throttled).toBe(0);
  expect(run.throttled).toBe(0);
  expect(run.busiestWindow).toBeLessThanOrEqual(PER_WINDOW);
}, 300_000);

test('with a token that has half of the bucket, kills and FLUSHALLs cost nobody, and hardly a 429', async () => {
  const run = await runBesideOthers({ ...RUN, tokenShare: 50, othersPerMinute: 0 });
  say(JSON.stringify(run));
  expect(run.throttled).toBeLessThanOrEqual(5);
  expect(run.busiestWindow).toBeLessThanOrEqual(PER_WINDOW / 2 + 5);
}, 300_000);
