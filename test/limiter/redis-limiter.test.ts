import { performance } from 'node:perf_hooks';
import type { Allowance, Limiter } from '../../src/limiter/limiter.ts';
import { createRedisLimiter, type Pace } from '../../src/limiter/redis-limiter.ts';
import { eventually } from '../support/eventually.ts';
import { openTestRedis, type TestRedis } from '../support/redis.ts';

const users: Allowance = { org: 'acme', bucket: 'users' };
const group: Allowance = { org: 'acme', bucket: 'group' };
const others: Allowance = { org: 'umbrella', bucket: 'users' };
/** Faster than any test has to wait for. */
const FAST: Pace = { perWindow: 1_000, windowMs: 1_000 };

let redis: TestRedis;
beforeEach(() => {
  redis = openTestRedis();
});
afterEach(() => redis.close());

/** A limiter on a connection of its own, as each process of a fleet has one. */
const limiterAt = (pace: Pace | ((allowance: Allowance) => Pace) = FAST): Limiter =>
  createRedisLimiter(redis.connect(), redis.prefix, typeof pace === 'function' ? pace : () => pace);

/** When each of `count` turns came, taken from the limiters in equal shares, as many at once as can be. */
async function takeAll(limiters: Limiter[], count: number, allowance = users): Promise<number[]> {
  const atMs: number[] = [];
  await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      await limiters[n % limiters.length]?.take(allowance);
      atMs.push(performance.now());
    }),
  );
  return atMs.sort((a, b) => a - b);
}

/** The most turns in any [t, t + windowMs), wherever t lies. */
function busiest(atMs: number[], windowMs: number): number {
  return Math.max(...atMs.map((from) => atMs.filter((at) => at >= from && at < from + windowMs).length));
}

const hash = () => `${redis.prefix}:allowance:acme:users`;
const closing = (closeForMs: number) => ({ limit: 10, remaining: 0, closeForMs });
const passing = (limit: number | null) => ({ limit, remaining: 5, closeForMs: null });

test('no window holds more turns than it may, however many processes take them', async () => {
  const pace = { perWindow: 120, windowMs: 1_000 };
  const fleet = Array.from({ length: 4 }, () => limiterAt(pace));

  const atMs = await takeAll(fleet, 240);

  expect(busiest(atMs, pace.windowMs)).toBeLessThanOrEqual(pace.perWindow);
  const [first = 0, last = 0] = [atMs[0], atMs.at(-1)];
  expect(last - first).toBeLessThan(2 * 240 * (1_300 / pace.perWindow)); // at least half of what is ideal
});

test("Okta's own ceiling is kept at once where it is lower than the configured one", async () => {
  const pace = { perWindow: 1_000, windowMs: 1_000 };
  const limiter = limiterAt(pace);
  await limiter.take(users);
  await limiter.settle(users, passing(10));

  const atMs = await takeAll([limiter, limiterAt(pace)], 15);

  expect(busiest(atMs.slice(1), pace.windowMs)).toBeLessThanOrEqual(10);
});

test("the configured pace is kept where Okta's ceiling is higher", async () => {
  const pace = { perWindow: 10, windowMs: 1_000 };
  const limiter = limiterAt(pace);
  await limiter.settle(users, passing(1_000));
  expect(busiest(await takeAll([limiter], 15), pace.windowMs)).toBeLessThanOrEqual(10);
});

test('an allowance of one call a window is kept, too', async () => {
  const pace = { perWindow: 1, windowMs: 200 };
  const atMs = await takeAll([limiterAt(pace), limiterAt(pace)], 3);
  expect(busiest(atMs, pace.windowMs)).toBe(1);
});

test('nothing has been saved up at the start', async () => {
  const pace = { perWindow: 10, windowMs: 1_000 };
  const atMs = await takeAll([limiterAt(pace)], 4);
  expect(busiest(atMs, 100)).toBe(1);
});

test('nothing is saved up while nobody calls', async () => {
  const pace = { perWindow: 10, windowMs: 500 };
  const limiter = limiterAt(pace);
  await limiter.take(users);
  const key = await redis.connect().hget(hash(), 'nextAt');
  await eventually(
    'the allowance has idled for a window',
    async () => Date.now() > Number(key) + pace.windowMs,
  );

  const atMs = await takeAll([limiter], 4);

  expect(busiest(atMs, 50)).toBe(1);
});

test.each([
  { perWindow: 1, windowMs: 200 },
  { perWindow: 3, windowMs: 600 },
])('losing its keys in the middle lets nobody burst: $perWindow in $windowMs ms', async (pace) => {
  const limiter = limiterAt(pace);
  const taken = [...(await takeAll([limiter], pace.perWindow))];
  await redis.lose();
  taken.push(...(await takeAll([limiter], 2)));
  expect(busiest(taken, pace.windowMs)).toBeLessThanOrEqual(pace.perWindow);
});

test('turns that were waited for when the keys were lost are spaced as well', async () => {
  const pace = { perWindow: 20, windowMs: 1_000 };
  const fleet = [limiterAt(pace), limiterAt(pace)];
  await fleet[0]?.take(users);
  const waiting = takeAll(fleet, 30);
  await redis.lose();
  expect(busiest(await waiting, pace.windowMs)).toBeLessThanOrEqual(pace.perWindow);
});

test('a clock that was set back does not keep everybody waiting', async () => {
  const limiter = limiterAt();
  await limiter.take(users);
  await redis.connect().hset(hash(), 'nextAt', Date.now() + 3_600_000);
  await limiter.take(users);
});

test('a 429 shuts the allowance for every process until its time is over', async () => {
  const [one, other] = [limiterAt(), limiterAt()];
  await Promise.all([one.take(users), other.take(users)]);
  const shutMs = performance.now();
  await one.settle(users, closing(700));

  const atMs = await takeAll([one, other], 4);

  expect(Math.min(...atMs) - shutMs).toBeGreaterThanOrEqual(699);
});

test('of many 429s at once exactly one is told that it has shut the allowance', async () => {
  const fleet = Array.from({ length: 4 }, () => limiterAt());
  const shut = await Promise.all(
    fleet.flatMap((limiter) => Array.from({ length: 10 }, () => limiter.settle(users, closing(5_000)))),
  );
  expect(shut.filter(Boolean)).toHaveLength(1);
});

test('a 429 after the allowance has opened again shuts it anew', async () => {
  const limiter = limiterAt();
  expect(await limiter.settle(users, closing(1))).toBe(true);
  await eventually('it opens', async () => (await limiter.state(users)).closedForMs === 0);
  expect(await limiter.settle(users, closing(1))).toBe(true);
});

test('a second 429 lengthens the closure and never shortens it', async () => {
  const limiter = limiterAt();
  await limiter.settle(users, closing(60_000));
  await limiter.settle(users, closing(1_000));
  expect((await limiter.state(users)).closedForMs).toBeGreaterThan(50_000);
  await limiter.settle(users, closing(120_000));
  expect((await limiter.state(users)).closedForMs).toBeGreaterThan(110_000);
});

test('an answer that went well shuts nothing', async () => {
  const limiter = limiterAt();
  expect(await limiter.settle(users, passing(600))).toBe(false);
  expect((await limiter.state(users)).closedForMs).toBe(0);
});

test('the state tells what is configured and what Okta has said, both by the minute', async () => {
  const limiter = limiterAt({ perWindow: 20, windowMs: 2_000 });
  expect(await limiter.state(users)).toEqual({
    configuredPerMinute: 600,
    seenPerMinute: null,
    closedForMs: 0,
  });
  await limiter.settle(users, passing(10));
  expect(await limiter.state(users)).toMatchObject({ configuredPerMinute: 600, seenPerMinute: 300 });
});

test('an answer without a limit leaves what was seen before', async () => {
  const limiter = limiterAt({ perWindow: 600, windowMs: 60_000 });
  await limiter.settle(users, passing(500));
  await limiter.settle(users, passing(null));
  expect((await limiter.state(users)).seenPerMinute).toBe(500);
});

test('another process sees the same state', async () => {
  const [one, other] = [limiterAt(), limiterAt()];
  await one.settle(users, { limit: 10, remaining: 0, closeForMs: 60_000 });
  const { seenPerMinute, closedForMs } = await other.state(users);
  expect(seenPerMinute).toBe(600);
  expect(closedForMs).toBeGreaterThan(50_000);
});

test.each([
  ['bucket', group],
  ['org', others],
])('a shut allowance keeps no other %s waiting', async (_, open) => {
  const limiter = limiterAt();
  await limiter.settle(users, closing(60_000));
  const stuck = new AbortController();
  const waiting = limiter.take(users, stuck.signal);

  await limiter.take(open);

  stuck.abort();
  await expect(waiting).rejects.toThrow();
});

test('allowances of different paces are spent side by side', async () => {
  const limiter = limiterAt(({ bucket }) => (bucket === 'group' ? { perWindow: 1, windowMs: 60_000 } : FAST));
  await limiter.settle(group, closing(60_000));
  const atMs = await takeAll([limiter], 50);
  expect(atMs).toHaveLength(50);
});

describe('an aborted take', () => {
  const reason = new Error('stopping');

  test('rejects with the reason, at once, and a later take has its turn', async () => {
    const limiter = limiterAt();
    await limiter.settle(users, closing(300));
    const stop = new AbortController();
    const waiting = limiter.take(users, stop.signal);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await limiter.take(users);
  });

  test('rejects even while others stand before it at the door', async () => {
    const pace = { perWindow: 1, windowMs: 1_000 };
    const limiter = limiterAt(pace);
    await limiter.settle(users, closing(60_000));
    const [before, stop] = [new AbortController(), new AbortController()];
    const first = limiter.take(users, before.signal);
    const second = limiter.take(users, stop.signal);
    stop.abort(reason);
    await expect(second).rejects.toBe(reason);
    before.abort(reason);
    await expect(first).rejects.toBe(reason);
  });

  test('rejects at once when it was aborted before it came to the door', async () => {
    const limiter = limiterAt({ perWindow: 1, windowMs: 1_000 });
    await limiter.settle(users, closing(60_000));
    const before = new AbortController();
    const first = limiter.take(users, before.signal);
    await expect(limiter.take(users, AbortSignal.abort(reason))).rejects.toBe(reason);
    before.abort(reason);
    await expect(first).rejects.toBe(reason);
  });

  test('costs those behind it no more than its turn', async () => {
    const pace = { perWindow: 20, windowMs: 1_000 };
    const limiter = limiterAt(pace);
    const stop = new AbortController();
    const aborted = Array.from({ length: 20 }, () => limiter.take(users, stop.signal));
    const kept = takeAll([limiter], 5);
    stop.abort(reason);
    const results = await Promise.allSettled(aborted);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(await kept).toHaveLength(5);
  });
});

test('what the limiter keeps is forgotten a day after its last use', async () => {
  const limiter = limiterAt();
  await limiter.take(users);
  const ttlMs = await redis.connect().pttl(hash());
  expect(ttlMs).toBeGreaterThan(23 * 3_600_000);
  expect(ttlMs).toBeLessThanOrEqual(24 * 3_600_000);
});
