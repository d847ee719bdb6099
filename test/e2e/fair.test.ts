import { runFairly } from '../support/fair-run.ts';

/** A window of 6 s: three minutes of Okta's are 18 s. */
const RUN = { perMinute: 1_800, windowSeconds: 6, workers: 2, many: 380, few: 60, head: 60, both: 240 };
const PER_SECOND = 30;

test('two migrations take turns from the start of the second, and a small one goes ahead of both', async () => {
  const shares = await runFairly(RUN, 90_000);
  expect(shares.spans).toBeGreaterThan(PER_SECOND);
  expect(shares.least).toBeGreaterThanOrEqual(0.4);
  expect(shares.most).toBeLessThanOrEqual(0.6);
  // The next look of a worker, and a free slot; the queue held 20 s of the others' work.
  expect(shares.before).toBeLessThan(4 * PER_SECOND);
  expect(shares.small).toBeGreaterThan(0.4 * shares.beside);
  // Each worker gives every other turn to it, may begin with one, and may end before it has given back five, the most
  // that a small one may have had while a slow worker had no others at the door.
  expect(shares.small).toBeLessThanOrEqual(shares.beside + (1 + 5) * RUN.workers);
}, 150_000);
