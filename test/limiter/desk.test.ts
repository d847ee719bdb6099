import { restAfter } from '../../src/limiter/desk.ts';

test('a process that was told to come back asks later next time, and sooner again when it gets what falls due at once', () => {
  const told = restAfter(0, { waitMs: 300 });
  expect(told).toBeGreaterThan(0);
  expect(restAfter(told, { aheadMs: 300 })).toBe(told);
  expect(restAfter(told, { aheadMs: 100 })).toBeLessThan(told);
  expect(restAfter(told, { aheadMs: 0 })).toBe(0); // 225 ms less 300
});

test('no process rests for long, however often it is told to come back', () => {
  let restMs = 0;
  for (let i = 0; i < 100; i += 1) restMs = restAfter(restMs, { waitMs: 5_000 });
  expect(restMs).toBeLessThanOrEqual(5_000);
});
