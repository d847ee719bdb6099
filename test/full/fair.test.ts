import { runFairly } from '../support/fair-run.ts';
import { say } from '../support/fault-run.ts';

/** As at Okta: three minutes are three minutes. */
const RUN = { perMinute: 600, windowSeconds: 60, workers: 3, many: 1_300, few: 60, head: 100, both: 600 };
const PER_SECOND = 10;

test('two migrations take turns from the start of the second, and a small one goes ahead of both', async () => {
  const shares = await runFairly(RUN, 400_000);
  say(JSON.stringify(shares));
  expect(shares.spans).toBeGreaterThan(PER_SECOND);
  expect(shares.least).toBeGreaterThanOrEqual(0.4);
  expect(shares.most).toBeLessThanOrEqual(0.6);
  expect(shares.before).toBeLessThan(4 * PER_SECOND);
  expect(shares.small).toBeGreaterThan(0.4 * shares.beside);
  // Each worker gives every other turn to it, may begin with one, and may end before it has given back five, the most
  // that a small one may have had while a slow worker had no others at the door.
  expect(shares.small).toBeLessThanOrEqual(shares.beside + (1 + 5) * RUN.workers);
}, 500_000);
