import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import type { Allowance, Limiter, Pace, Seen } from '../../src/limiter/limiter.ts';
import { createRedisLimiter } from '../../src/limiter/redis-limiter.ts';
import { eventually } from '../support/eventually.ts';
import { openTestRedis, type TestRedis } from '../support/redis.ts';

const users: Allowance = { org: 'acme', bucket: 'users' };
const group: Allowance = { org: 'acme', bucket: 'group' };
const others: Allowance = { org: 'umbrella', bucket: 'users' };
const paced = (perWindow: number, windowMs: number): Pace => ({
  perWindow,
  mostPerWindow: perWindow,
  keepFreePerWindow: 0,
  windowMs,
  jitterMs: 100,
});
/** Faster than any test has to wait for. */
const FAST = paced(1_000, 1_000);

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
      const turn = await limiters[n % limiters.length]?.take(allowance);
      atMs.push(Math.min(performance.now(), turn?.sendBy ?? Infinity)); // who is later still makes no call with it
    }),
  );
  return atMs.sort((a, b) => a - b);
}

/** The most turns in any [t, t + windowMs), wherever t lies. */
function busiest(atMs: number[], windowMs: number): number {
  return Math.max(...atMs.map((from) => atMs.filter((at) => at >= from && at < from + windowMs).length));
}

const hash = () => `${redis.prefix}:{allowance:acme:users}`;
const nothing = { remaining: null, reset: null, resetInMs: null, crowded: false };
const closing = (closeForMs: number): Seen => ({ ...nothing, limit: 10, closeForMs });
const passing = (limit: number | null): Seen => ({ ...nothing, limit, closeForMs: null });
/** An answer to a call of which the limiter knows no more. */
const tell = (limiter: Limiter, seen: Seen, allowance = users) =>
  limiter.settle({ allowance, number: 0, life: 0, dueMs: 0, sendBy: 0 }, seen);

test('no window holds more turns than it may, however many processes take them', async () => {
  const pace = paced(120, 1_000);
  const fleet = Array.from({ length: 4 }, () => limiterAt(pace));

  const atMs = await takeAll(fleet, 240);

  expect(busiest(atMs, pace.windowMs)).toBeLessThanOrEqual(pace.perWindow);
  const [first = 0, last = 0] = [atMs[0], atMs.at(-1)];
  expect(last - first).toBeLessThan(2 * 240 * (1_300 / pace.perWindow)); // at least half of what is ideal
});

test("Okta's own ceiling is kept at once where it is lower than the configured one", async () => {
  const pace = paced(1_000, 1_000);
  const limiter = limiterAt(pace);
  await limiter.take(users);
  await tell(limiter, passing(10));

  const atMs = await takeAll([limiter, limiterAt(pace)], 15);

  expect(busiest(atMs.slice(1), pace.windowMs)).toBeLessThanOrEqual(10);
});

test("the configured pace is kept where Okta's ceiling is higher", async () => {
  const pace = paced(10, 1_000);
  const limiter = limiterAt(pace);
  await tell(limiter, passing(1_000));
  expect(busiest(await takeAll([limiter], 15), pace.windowMs)).toBeLessThanOrEqual(10);
});

test('an allowance of one call a window is kept, too', async () => {
  const pace = paced(1, 200);
  const atMs = await takeAll([limiterAt(pace), limiterAt(pace)], 3);
  expect(busiest(atMs, pace.windowMs)).toBe(1);
});

test('a turn comes that is farther off than anybody waits at a time', async () => {
  const pace = paced(1, 5_500);
  const limiter = limiterAt(pace);
  const askedMs = performance.now();
  await Promise.race([
    limiter.take(users),
    once(AbortSignal.timeout(25_000), 'abort').then(() => Promise.reject(new Error('no turn'))),
  ]);
  expect(performance.now() - askedMs).toBeGreaterThan(pace.windowMs);
}, 30_000);

/** The shortest time between two turns, by when they fell due. */
async function shortestGap(limiter: Limiter, count: number): Promise<number> {
  const turns = await Promise.all(Array.from({ length: count }, () => limiter.take(users)));
  const due = turns.map(({ dueMs }) => dueMs).sort((a, b) => a - b);
  return Math.min(...due.slice(1).map((at, i) => at - (due[i] ?? 0)));
}

test('nothing has been saved up at the start', async () => {
  expect(await shortestGap(limiterAt(paced(10, 1_000)), 4)).toBeGreaterThan(100);
});

test('nothing is saved up while nobody calls', async () => {
  const pace = paced(10, 500);
  const limiter = limiterAt(pace);
  const { dueMs } = await limiter.take(users);
  await eventually('the allowance has idled for a window', async () => Date.now() > dueMs + pace.windowMs);
  expect(await shortestGap(limiter, 4)).toBeGreaterThan(50);
});

test.each([paced(1, 200), paced(3, 600)])(
  'losing its keys in the middle lets nobody burst: $perWindow in $windowMs ms',
  async (pace) => {
    const limiter = limiterAt(pace);
    const taken = [...(await takeAll([limiter], pace.perWindow))];
    await redis.lose();
    taken.push(...(await takeAll([limiter], 2)));
    expect(busiest(taken, pace.windowMs)).toBeLessThanOrEqual(pace.perWindow);
  },
);

test('turns that were waited for when the keys were lost are spaced as well', async () => {
  const pace = paced(20, 1_000);
  const fleet = [limiterAt(pace), limiterAt(pace)];
  await fleet[0]?.take(users);
  const waiting = takeAll(fleet, 30);
  await redis.lose();
  expect(busiest(await waiting, pace.windowMs)).toBeLessThanOrEqual(pace.perWindow);
});

test('after a lost connection the next turn is behind all that can have been booked, and a second', async () => {
  const pace = paced(600, 60_000);
  const connection = redis.connect();
  const limiter = createRedisLimiter(connection, redis.prefix, () => pace);
  const before = await limiter.take(users);
  const [id, other] = [await connection.client('ID'), redis.connect()];
  const gone = once(connection, 'close');
  expect(await other.client('KILL', 'ID', id)).toBe(1);
  await gone;
  const after = await limiter.take(users);
  expect(after.dueMs - before.dueMs).toBeGreaterThan(1_500);
});

test('a process that comes to an allowance after its connection was lost counts as one that has lost it', async () => {
  const pace = paced(600, 60_000);
  const connection = redis.connect();
  const limiter = createRedisLimiter(connection, redis.prefix, () => pace);
  const before = await limiterAt(pace).take(users);
  const [id, other] = [await connection.client('ID'), redis.connect()];
  const gone = once(connection, 'close');
  await other.client('KILL', 'ID', id);
  await gone;
  const after = await limiter.take(users);
  expect(after.dueMs - before.dueMs).toBeGreaterThan(1_500);
});

test('a process that comes later without having lost anything puts nothing off', async () => {
  const pace = paced(600, 60_000);
  await limiterAt(pace).take(users);
  await limiterAt(pace).take(users);
  expect(await redis.connect().hget(hash(), 'pushed')).toBeNull();
});

test('when the keys are lost the next turn is behind all that can have been booked', async () => {
  const pace = paced(600, 60_000);
  const limiter = limiterAt(pace);
  const before = await limiter.take(users);
  await redis.lose();
  const after = await limiter.take(users);
  expect(after.life).not.toBe(before.life);
  expect(after.dueMs - before.dueMs).toBeGreaterThan(650);
});

test('a clock that was set back does not keep everybody waiting', async () => {
  const limiter = limiterAt();
  await limiter.take(users);
  await redis.connect().hset(hash(), 'last', Date.now() + 3_600_000);
  await limiter.take(users);
});

test('a 429 shuts the allowance for every process until its time is over', async () => {
  const [one, other] = [limiterAt(), limiterAt()];
  await Promise.all([one.take(users), other.take(users)]);
  const shutMs = performance.now();
  await tell(one, closing(700));

  const atMs = await takeAll([one, other], 4);

  expect(Math.min(...atMs) - shutMs).toBeGreaterThanOrEqual(699);
});

test('after a 429 its process uses none of the turns that it holds', async () => {
  const limiter = limiterAt();
  await limiter.take(users);
  const waiting = takeAll([limiter], 60);
  const shutMs = performance.now();
  await tell(limiter, closing(700));
  const toldMs = performance.now();
  const after = (await waiting).filter((atMs) => atMs > toldMs);
  expect(after.length).toBeGreaterThan(0);
  expect(Math.min(...after) - shutMs).toBeGreaterThanOrEqual(699);
});

test('of many 429s at once exactly one is told that it has shut the allowance', async () => {
  const fleet = Array.from({ length: 4 }, () => limiterAt());
  const shut = await Promise.all(
    fleet.flatMap((limiter) => Array.from({ length: 10 }, () => tell(limiter, closing(60_000)))),
  );
  expect(shut.filter(Boolean)).toHaveLength(1);
});

test('a 429 after the allowance has opened again shuts it anew', async () => {
  const limiter = limiterAt();
  expect(await tell(limiter, closing(1))).toBe(true);
  await eventually('it opens', async () => (await limiter.state(users)).closedForMs === 0);
  expect(await tell(limiter, closing(1))).toBe(true);
});

test('a second 429 lengthens the closure and never shortens it', async () => {
  const limiter = limiterAt(paced(1_000, 120_000));
  await tell(limiter, closing(60_000));
  await tell(limiter, closing(1_000));
  expect((await limiter.state(users)).closedForMs).toBeGreaterThan(50_000);
  await tell(limiter, closing(120_000));
  expect((await limiter.state(users)).closedForMs).toBeGreaterThan(110_000);
});

test('an answer that went well shuts nothing', async () => {
  const limiter = limiterAt();
  expect(await tell(limiter, passing(600))).toBe(false);
  expect((await limiter.state(users)).closedForMs).toBe(0);
});

test('the state tells what is configured and what Okta has said, both by the minute', async () => {
  const limiter = limiterAt(paced(20, 2_000));
  expect(await limiter.state(users)).toEqual({
    ceiling: { perMinute: 600, from: 'configured' },
    seenPerMinute: null,
    pace: { perMinute: 600, cause: 'configured' },
    window: null,
    othersPerMinute: null,
    inFlight: 0,
    waiting: 0,
    closedForMs: 0,
    throttled: 0,
    crowded: 0,
  });
  await tell(limiter, passing(10));
  expect(await limiter.state(users)).toMatchObject({
    ceiling: { perMinute: 300, from: 'okta' },
    seenPerMinute: 300,
    pace: { perMinute: 300, cause: 'okta' },
  });
});

test('the state tells who waits and calls, in every process', async () => {
  const pace = paced(10_000, 60_000);
  const [one, other] = [limiterAt(pace), limiterAt(pace)];
  const [turn] = await Promise.all([one.take(users), other.take(users)]);
  await tell(other, closing(60_000));
  const stop = new AbortController();
  const waiting = [one, one, other].map((limiter) => limiter.take(users, { signal: stop.signal }));
  await eventually('all are known', async () => (await other.state(users)).waiting === 3);
  expect(await one.state(users)).toMatchObject({ inFlight: 2, pace: { perMinute: 0, cause: 'closed' } });
  await one.settle(turn, null);
  expect(await one.state(users)).toMatchObject({ inFlight: 1, throttled: 1, crowded: 0 });
  stop.abort();
  await Promise.allSettled(waiting);
});

test("the state tells of Okta's window, and how much of it others have spent", async () => {
  const limiter = limiterAt(paced(600, 60_000));
  const turn = await limiter.take(users);
  const reset = 1_000_060;
  await limiter.settle(turn, {
    limit: 600,
    remaining: 579,
    reset,
    resetInMs: 60_000,
    closeForMs: null,
    crowded: false,
  });
  const { window } = await limiter.state(users);
  expect(window).toMatchObject({ usedByUs: 1, usedByOthers: 20, remaining: 579 });
  expect(window?.endsInMs).toBeGreaterThan(50_000);
});

test('a 429 for too many calls at once is counted and shuts nothing', async () => {
  const limiter = limiterAt();
  expect(await tell(limiter, { ...passing(null), crowded: true })).toBe(false);
  expect(await limiter.state(users)).toMatchObject({ crowded: 1, throttled: 0, closedForMs: 0 });
});

test("a 429 of the whole org says nothing of a token's ceiling", async () => {
  const limiter = limiterAt(paced(600, 60_000));
  await tell(limiter, passing(300));
  await tell(limiter, { ...closing(1_000), limit: 600 });
  expect((await limiter.state(users)).seenPerMinute).toBe(300);
  await tell(limiter, { ...closing(1_000), limit: 200 });
  expect((await limiter.state(users)).seenPerMinute).toBe(200);
});

test("a 429 of the whole org says nothing of a token's window, nor of what others spend", async () => {
  const limiter = limiterAt(paced(600, 60_000));
  const turn = await limiter.take(users);
  const window = { limit: 300, remaining: 299, reset: 1_000_060, resetInMs: 60_000 };
  await limiter.settle(turn, { ...window, closeForMs: null, crowded: false });
  const refused = { limit: 600, remaining: 0, reset: 1_000_090, resetInMs: 30_000 };
  await limiter.settle(turn, { ...refused, closeForMs: 31_000, crowded: false });
  expect(await limiter.state(users)).toMatchObject({
    window: { usedByOthers: 0, remaining: 299 },
    throttled: 1,
    pace: { cause: 'closed' },
  });
});

test('an answer without a limit leaves what was seen before', async () => {
  const limiter = limiterAt(paced(600, 60_000));
  await tell(limiter, passing(500));
  await tell(limiter, passing(null));
  expect((await limiter.state(users)).seenPerMinute).toBe(500);
});

test('another process sees the same state', async () => {
  const pace = paced(10_000, 60_000);
  const [one, other] = [limiterAt(pace), limiterAt(pace)];
  await tell(one, closing(60_000));
  const { seenPerMinute, closedForMs } = await other.state(users);
  expect(seenPerMinute).toBe(10);
  expect(closedForMs).toBeGreaterThan(50_000);
});

test.each([
  ['bucket', group],
  ['org', others],
])('a shut allowance keeps no other %s waiting', async (_, open) => {
  const limiter = limiterAt();
  await tell(limiter, closing(60_000));
  const stuck = new AbortController();
  const waiting = limiter.take(users, { signal: stuck.signal });

  await limiter.take(open);

  stuck.abort();
  await expect(waiting).rejects.toThrow();
});

test('allowances of different paces are spent side by side', async () => {
  const limiter = limiterAt(({ bucket }) => (bucket === 'group' ? paced(1, 60_000) : FAST));
  await tell(limiter, closing(60_000), group);
  const atMs = await takeAll([limiter], 50);
  expect(atMs).toHaveLength(50);
});

describe('an aborted take', () => {
  const reason = new Error('stopping');

  test('rejects with the reason, at once, and a later take has its turn', async () => {
    const limiter = limiterAt();
    await tell(limiter, closing(300));
    const stop = new AbortController();
    const waiting = limiter.take(users, { signal: stop.signal });
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await limiter.take(users);
  });

  test('rejects even while others stand before it at the door', async () => {
    const pace = paced(1, 1_000);
    const limiter = limiterAt(pace);
    await tell(limiter, closing(60_000));
    const [before, stop] = [new AbortController(), new AbortController()];
    const first = limiter.take(users, { signal: before.signal });
    const second = limiter.take(users, { signal: stop.signal });
    stop.abort(reason);
    await expect(second).rejects.toBe(reason);
    before.abort(reason);
    await expect(first).rejects.toBe(reason);
  });

  test('rejects at once when it was aborted before it came to the door', async () => {
    const limiter = limiterAt(paced(1, 1_000));
    await tell(limiter, closing(60_000));
    const before = new AbortController();
    const first = limiter.take(users, { signal: before.signal });
    await expect(limiter.take(users, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    before.abort(reason);
    await expect(first).rejects.toBe(reason);
  });

  test('costs those behind it no more than its turn', async () => {
    const pace = paced(20, 1_000);
    const limiter = limiterAt(pace);
    const stop = new AbortController();
    const aborted = Array.from({ length: 20 }, () => limiter.take(users, { signal: stop.signal }));
    const kept = takeAll([limiter], 5);
    stop.abort(reason);
    const results = await Promise.allSettled(aborted);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(await kept).toHaveLength(5);
  });
});

test('processes that are gone are forgotten when another one comes', async () => {
  const connection = redis.connect();
  const now = Date.now();
  await connection.hset(`${hash()}:processes`, { gone: `1 1 ${now - 70_000}`, idle: `0 0 ${now - 30_000}` });
  await limiterAt().take(users);
  const left = await connection.hkeys(`${hash()}:processes`);
  expect(left).toHaveLength(2);
  expect(left).toContain('idle');
});

test('what others spend is forgotten when a window has passed without an answer', async () => {
  const limiter = limiterAt(paced(600, 60_000));
  const turn = await limiter.take(users);
  const seen = { limit: 600, remaining: 499, reset: 1_000_060, resetInMs: 60_000 };
  await limiter.settle(turn, { ...seen, closeForMs: null, crowded: false });
  const othersWhenOver = async (forMs: number) => {
    await redis.connect().hset(hash(), 'endsAt', Date.now() - forMs);
    const { window, othersPerMinute } = await limiter.state(users);
    return [window, othersPerMinute];
  };
  expect(await othersWhenOver(20_000)).toEqual([null, expect.any(Number)]);
  expect(await othersWhenOver(60_000)).toEqual([null, null]);
});

test('who only looks writes nothing', async () => {
  const [connection, look] = [redis.connect(), limiterAt()];
  await look.state(users);
  expect(await connection.keys(`${redis.prefix}:*`)).toEqual([]);
  await limiterAt().take(users);
  await connection.pexpire(hash(), 60_000);
  const [before, processes] = [
    await connection.hgetall(hash()),
    await connection.hlen(`${hash()}:processes`),
  ];
  await look.state(users);
  expect(await connection.hgetall(hash())).toEqual(before);
  expect(await connection.hlen(`${hash()}:processes`)).toBe(processes);
  expect(await connection.pttl(hash())).toBeLessThanOrEqual(60_000);
});

test('what the limiter keeps is forgotten a day after its last use', async () => {
  const limiter = limiterAt();
  await limiter.take(users);
  const ttlMs = await redis.connect().pttl(hash());
  expect(ttlMs).toBeGreaterThan(23 * 3_600_000);
  expect(ttlMs).toBeLessThanOrEqual(24 * 3_600_000);
});
