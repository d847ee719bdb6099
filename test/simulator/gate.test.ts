import { eventually } from '../support/eventually.ts';
import { controlOf } from '../support/simulator.ts';
import { pass, startClock, stopClock } from './clock.ts';
import { type Org, person, startOrg, stopAll } from './support.ts';

afterEach(async () => {
  await stopAll();
  startClock();
});

interface Concurrency {
  limit: number;
  inHand: number;
  most: number;
  refused: number;
}

async function concurrencyOf(org: Org): Promise<Concurrency> {
  return (await org.control<{ concurrency: Concurrency }>('GET', 'counters')).body.concurrency;
}

/** Calls that keep their places until the org ends. */
async function hold(org: Org, calls: number): Promise<void> {
  await controlOf(org.url).fail({ times: calls, fault: { kind: 'latency', ms: 60_000 } });
  for (let i = 0; i < calls; i += 1) void org.call('GET', '/users').catch(() => 'cut off');
  await eventually('they are in hand', async () => (await concurrencyOf(org)).inHand === calls);
}

// Okta, concurrency rate limits; the estimate as in okta-sdk-python#270 and okta-sdk-nodejs#409.
test('one call too many at once is answered 429 with a limit of 0 and a Reset that is far too late', async () => {
  const org = await startOrg({ concurrency: 2 });
  await hold(org, 2);
  const { status, headers, body } = await org.call('POST', '/users', person('ada@example.com'));
  expect(status).toBe(429);
  expect(body.errorCode).toBe('E0000047');
  expect(headers.get('x-rate-limit-limit')).toBe('0');
  expect(headers.get('x-rate-limit-remaining')).toBe('0');
  const resetMs = Number(headers.get('x-rate-limit-reset')) * 1000;
  expect(resetMs - Date.parse(headers.get('date') ?? '')).toBeGreaterThan(100_000);
  expect(headers.has('retry-after')).toBe(false);
  expect(await concurrencyOf(org)).toEqual({ limit: 2, inHand: 2, most: 2, refused: 1 });
});

test('a call refused by the gate neither counts in its bucket nor uses up a fault', async () => {
  stopClock();
  const org = await startOrg({ concurrency: 1, usersPerMinute: 2 });
  await controlOf(org.url).failCreations(1, { kind: 'latency', ms: 1000 });
  const slow = org.call('POST', '/users', person('ada@example.com'));
  const isCreated = async () => (await org.control<{ users: number }>('GET', 'counters')).body.users === 1;
  await eventually('Okta works at it', isCreated);
  expect((await org.call('GET', '/users')).headers.get('x-rate-limit-limit')).toBe('0');
  pass(1000);
  expect((await slow).status).toBe(200);
  const after = await org.call('GET', '/users');
  expect(after.status).toBe(200);
  expect(after.headers.get('x-rate-limit-remaining')).toBe('0');
});

test('everybody leaves the gate: answered, cut off by a fault or refused', async () => {
  const org = await startOrg({ concurrency: 1 });
  await controlOf(org.url).fail({ times: 1, fault: { kind: 'reset', when: 'after' } });
  await expect(org.call('GET', '/users')).rejects.toThrow();
  await org.call('GET', '/users', undefined, { authorization: 'SSWS wrong' });
  await org.call('POST', '/users', 'no json');
  expect((await org.call('GET', '/users')).status).toBe(200);
  expect(await concurrencyOf(org)).toMatchObject({ inHand: 0, most: 1, refused: 0 });
});

test('a token has its share of the places, and who has another token keeps the rest', async () => {
  const org = await startOrg({ concurrency: 4, tokenConcurrencyPercent: 50 });
  await hold(org, 2);
  expect((await org.call('GET', '/users')).headers.get('x-rate-limit-limit')).toBe('0');
  const other = await org.call('GET', '/users', undefined, { authorization: 'SSWS another' });
  expect(other.status).toBe(401);
});

test.each([
  ['integrator', 35],
  ['enterprise', 75],
  ['workforce', 75],
] as const)('an org of the edition %s holds %d calls at once', async (edition, limit) => {
  expect((await concurrencyOf(await startOrg({ edition }))).limit).toBe(limit);
});
