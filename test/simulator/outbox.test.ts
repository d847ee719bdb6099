import { jest } from '@jest/globals';
import { withDefaults } from '../../simulator/options.ts';
import { createOutbox } from '../../simulator/outbox.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

// Okta, rate limits for email: per recipient.
test('each recipient has a minute of his own, which his first mail begins', () => {
  const outbox = createOutbox(withDefaults({ port: 0, token: 't', mailsPerMinute: 1 }));
  const clock = jest.spyOn(performance, 'now');
  const isDelivered = (to: string, atMs: number) => {
    clock.mockReturnValue(atMs);
    outbox.send('00u1', 'activation', to);
    return outbox.list().at(-1)?.delivered;
  };
  expect(isDelivered('ada@example.com', 0)).toBe(true);
  expect(isDelivered('bob@example.com', 50_000)).toBe(true);
  expect(isDelivered('ADA@example.com', 59_999)).toBe(false);
  expect(isDelivered('ada@example.com', 60_000)).toBe(true);
  expect(isDelivered('bob@example.com', 60_001)).toBe(false);
  expect(isDelivered('bob@example.com', 110_000)).toBe(true);
});
