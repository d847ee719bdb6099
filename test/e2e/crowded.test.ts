import { runCrowded } from '../support/crowded-run.ts';

test('a fleet with more calls under way than Okta takes halves them, loses nobody, and tries more again', async () => {
  const { refused, bounds } = await runCrowded({
    configured: 40,
    taken: 12,
    panelists: 100,
    latencyMs: 1_200,
    backTo: (lowest) => lowest + 4,
    withinMs: 90_000,
  });
  expect(bounds.slice(0, 3)).toEqual([40, 20, 10]);
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(150);
}, 150_000);
