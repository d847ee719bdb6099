import { withDefaults } from '../../simulator/options.ts';
import { createOutsiders, type Traffic } from '../../simulator/outsiders.ts';
import { createRateLimits } from '../../simulator/rate-limits.ts';
import { eventually } from '../support/eventually.ts';
import { controlOf } from '../support/simulator.ts';
import { startOrg, stopAll } from './support.ts';

afterEach(stopAll);

function at(monotonicMs: number) {
  return { monotonicMs, wallMs: 1_700_000_000_000 + monotonicMs };
}

function orgWith(traffic: Omit<Traffic, 'bucket'>, tokenSharePercent = 100) {
  const limits = createRateLimits(
    withDefaults({ port: 0, token: 't', usersPerMinute: 10, tokenSharePercent }),
  );
  const outsiders = createOutsiders(limits);
  outsiders.set({ bucket: 'users', ...traffic }, at(0));
  return { limits, outsiders };
}

test('outsiders take from the same bucket, evenly, each in its moment', () => {
  const { limits, outsiders } = orgWith({ perMinute: 6, seed: null });
  outsiders.catchUp(at(35_000));
  expect(limits.take('users', 'token', at(35_000))).toMatchObject({
    remaining: 6,
    resetEpochSeconds: 1_700_000_070,
  });
  expect(limits.take('groups', 'token', at(35_000))).toMatchObject({ limit: 600, remaining: 599 });
});

test('outsiders open the next window and are throttled like everybody', () => {
  const { outsiders } = orgWith({ perMinute: 20, seed: null });
  outsiders.catchUp(at(60_000));
  expect(outsiders.read()).toEqual([
    { bucket: 'users', perMinute: 20, seed: null, calls: 20, throttled: 10 },
  ]);
  outsiders.catchUp(at(66_000));
  expect(outsiders.read()).toMatchObject([{ calls: 22, throttled: 10 }]);
});

// Okta, rate limits: the share of a token is a ceiling, not a guarantee.
test('what outsiders take of the org is not seen in the share of a token until the org has less', () => {
  const { limits, outsiders } = orgWith({ perMinute: 8, seed: null }, 50);
  outsiders.catchUp(at(30_000));
  expect(limits.take('users', 'token', at(30_000))).toMatchObject({ limit: 5, remaining: 4 });
  outsiders.catchUp(at(60_000));
  expect(limits.take('users', 'token', at(60_000))).toMatchObject({
    kind: 'passed',
    limit: 10,
    remaining: 0,
  });
});

test('with a seed the gaps differ, and are the same in every run', () => {
  const [one, other] = [orgWith({ perMinute: 600, seed: 1 }), orgWith({ perMinute: 600, seed: 1 })];
  for (const { outsiders } of [one, other]) outsiders.catchUp(at(60_000));
  expect(one.outsiders.read()).toEqual(other.outsiders.read());
  const [{ calls } = { calls: 0 }] = one.outsiders.read();
  expect(calls).not.toBe(600);
  expect(Math.abs(calls - 600)).toBeLessThan(100);
});

test('outsiders empty a bucket, are in no counter of calls, and can be sent away', async () => {
  const org = await startOrg({ usersPerMinute: 50, windowMs: 60_000 });
  const control = controlOf(org.url);
  await control.callAsOutsiders('users', 60_000);
  await eventually('the bucket is empty', async () => (await org.call('GET', '/users')).status === 429);
  expect((await control.arrivals('users')).length).toBeLessThan(50);
  expect((await org.call('GET', '/users/nobody')).status).toBe(404);
  await control.callAsOutsiders('users', 0);
  expect((await org.control('GET', 'outsiders')).body).toEqual([]);
});

test('an order for outsiders is refused with all that is wrong about it', async () => {
  const org = await startOrg();
  const reply = await org.control('POST', 'outsiders', { bucket: 'x', perMinute: -1, seed: 0.5, often: 1 });
  expect(reply.status).toBe(400);
  expect((reply.body as unknown as { faults: string[] }).faults).toHaveLength(4);
});
