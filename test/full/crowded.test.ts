import { runCrowded } from '../support/crowded-run.ts';
import { say } from '../support/fault-run.ts';

test('the bound on calls under way is halved while Okta refuses, and wholly back once it does not', async () => {
  const run = await runCrowded({
    configured: 40,
    taken: 12,
    panelists: 1_500,
    latencyMs: 500,
    backTo: () => 40,
    withinMs: 240_000,
  });
  say(JSON.stringify(run));
  expect(Math.min(...run.bounds)).toBeLessThanOrEqual(12);
  expect(run.bounds.at(-1)).toBe(40);
}, 500_000);
