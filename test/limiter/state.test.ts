import fc from 'fast-check';
import type { Pace } from '../../src/limiter/limiter.ts';
import { ceilingOf } from '../../src/limiter/state.ts';

const pace = (values: Partial<Pace> = {}): Pace => ({
  perWindow: 600,
  mostPerWindow: 600,
  keepFreePerWindow: 0,
  windowMs: 60_000,
  jitterMs: 100,
  ...values,
});

test.each([
  ['nothing is known of Okta', pace(), null, 600, 'configured'],
  ['Okta states what is configured', pace(), 600, 600, 'okta'],
  ['Okta states less', pace(), 300, 300, 'okta'],
  ['Okta states more', pace(), 1_200, 600, 'configured'],
  ['Okta states more, up to the maximum', pace({ mostPerWindow: 1_000 }), 900, 900, 'okta'],
  ['Okta states more than the maximum', pace({ mostPerWindow: 1_000 }), 1_200, 1_000, 'maximum'],
  ['180 are kept free', pace({ keepFreePerWindow: 180 }), 600, 420, 'keep-free'],
  ['180 are kept free and the token has half', pace({ keepFreePerWindow: 180 }), 300, 300, 'okta'],
  ['everything is kept free', pace({ keepFreePerWindow: 600 }), 600, 1, 'keep-free'],
] as const)('when %s', (_, configured, limit, perWindow, from) => {
  expect(ceilingOf(configured, limit)).toMatchObject({ perWindow, from });
});

test('the ceiling is never above what the configuration or Okta allows, and never nothing', () => {
  const calls = fc.integer({ min: 1, max: 10_000 });
  fc.assert(
    fc.property(calls, calls, fc.nat(10_000), calls, (perWindow, more, keepFreePerWindow, limit) => {
      const configured = pace({ perWindow, mostPerWindow: perWindow + more, keepFreePerWindow });
      const { perWindow: ceiling } = ceilingOf(configured, limit);
      expect(ceiling).toBeGreaterThanOrEqual(1);
      expect(ceiling).toBeLessThanOrEqual(Math.min(limit, perWindow + more));
      if (keepFreePerWindow > 0)
        expect(ceiling).toBeLessThanOrEqual(Math.max(1, perWindow - keepFreePerWindow));
    }),
  );
});
