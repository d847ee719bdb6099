import { runActivation } from '../support/activation-run.ts';
import { say } from '../support/fault-run.ts';

test('20,000 people of three portals are created and activated for one call each, with one mail each', async () => {
  const run = await runActivation({ people: 20_000, perMinute: 24_000, withinMs: 600_000 });
  say(JSON.stringify(run));
  expect([run.callsPerCreated, run.callsPerActivated]).toEqual([1, 1]);
}, 1_500_000);
