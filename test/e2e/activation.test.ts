import { runActivation } from '../support/activation-run.ts';

test('1,000 people of three portals are created and activated for one call each, with one mail each', async () => {
  const run = await runActivation({ people: 1_000, perMinute: 9_000, withinMs: 120_000 });
  expect([run.callsPerCreated, run.callsPerActivated]).toEqual([1, 1]);
}, 300_000);
