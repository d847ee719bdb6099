import { runActivation } from '../support/activation-run.ts';

test('2,000 people of three portals are created and activated for one call each, with one mail each', async () => {
  const run = await runActivation({ people: 2_000, perMinute: 18_000, withinMs: 180_000 });
  expect([run.callsPerCreated, run.callsPerActivated]).toEqual([1, 1]);
}, 450_000);
