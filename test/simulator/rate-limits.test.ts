import { bucketOf } from '../../simulator/buckets.ts';
import { withDefaults } from '../../simulator/options.ts';
import { createRateLimits } from '../../simulator/rate-limits.ts';
import { eventually } from '../support/eventually.ts';
import { create, person, startOrg, stopAll } from './support.ts';

afterEach(stopAll);

const OPTIONS = withDefaults({ port: 0, token: 't', usersPerMinute: 3 });

function at(monotonicMs: number) {
  return { monotonicMs, wallMs: 1_700_000_000_900 + monotonicMs };
}

test.each([
  ['POST', '/users', 'users'],
  ['GET', '/users', 'users'],
  ['POST', '/users/00u1/lifecycle/activate', 'users'],
  ['GET', '/users/00u1/groups', 'users'],
  ['POST', '/users/00u1', 'user-write'],
  ['DELETE', '/users/00u1', 'user-write'],
  ['GET', '/users/ada@example.com', 'user-read'],
  ['POST', '/groups', 'groups'],
  ['PUT', '/groups/00g1/users/00u1', 'groups'],
  ['GET', '/groups/rules', 'groups'],
  ['GET', '/groups/00g1', 'group'],
  ['POST', '/apps', 'apps'],
  ['PUT', '/apps/0oa1/groups/00g1', 'apps'],
  ['GET', '/apps/0oa1', 'app'],
  ['GET', '/logs', 'logs'],
  ['POST', '/identity-sources/aps1/sessions', 'identity-sources'],
  ['GET', '/identity-sources/aps1/sessions/ses1', 'identity-sources'],
  ['POST', '/users/00u1/credentials/change_password', 'users'],
  ['DELETE', '/groups/rules/0pr1', 'groups'],
  ['GET', '/meta/schemas/user/default', 'api'],
])('%s %s counts in the bucket %s', (method, path, bucket) => {
  expect(bucketOf(method, `/api/v1${path}`)).toBe(bucket);
});

test('the call that brings Remaining to 0 passes, the next does not, and Reset stays', () => {
  const limits = createRateLimits(OPTIONS);
  const verdicts = [0, 1000, 2000, 3000].map((ms) => limits.take('users', 'token', at(ms)));
  expect(verdicts.map(({ kind, remaining }) => [kind, remaining])).toEqual([
    ['passed', 2],
    ['passed', 1],
    ['passed', 0],
    ['throttled', 0],
  ]);
  expect(new Set(verdicts.map((verdict) => verdict.resetEpochSeconds))).toEqual(new Set([1_700_000_060]));
});

// Measured in the recordings of Okta's Python SDK: Reset modulo 60 takes all 60 values.
test('a window opens with the first call after the last one ended, not with the clock', () => {
  const limits = createRateLimits(OPTIONS);
  for (const ms of [0, 1, 2]) limits.take('users', 'token', at(ms));
  expect(limits.take('users', 'token', at(59_999)).kind).toBe('throttled');
  expect(limits.take('users', 'token', at(75_000))).toMatchObject({ kind: 'passed', remaining: 2 });
  expect(limits.take('users', 'token', at(134_999))).toMatchObject({ remaining: 1 });
  expect(limits.take('users', 'token', at(135_000))).toMatchObject({ remaining: 2 });
});

test('a token with half a share sees half a limit, and the org keeps the rest', () => {
  const limits = createRateLimits({ ...OPTIONS, usersPerMinute: 4, tokenSharePercent: 50 });
  expect(limits.take('users', 'token', at(0))).toMatchObject({ limit: 2, remaining: 1 });
  expect(limits.take('users', 'token', at(1))).toMatchObject({ limit: 2, remaining: 0 });
  expect(limits.take('users', 'token', at(2))).toMatchObject({ kind: 'throttled', limit: 2 });
  expect(limits.take('users', null, at(3))).toMatchObject({ kind: 'passed', limit: 4, remaining: 1 });
});

// Okta, rate limits of tokens and OAuth apps.
test('each token and each OAuth client has a share of its own, and all of them one org', () => {
  const limits = createRateLimits({ ...OPTIONS, usersPerMinute: 4, tokenSharePercent: 50 });
  const verdicts = ['one', 'one', 'one', 'other', 'other', null].map((principal, ms) =>
    limits.take('users', principal, at(ms)),
  );
  expect(verdicts.map(({ kind, limit, remaining }) => [kind, limit, remaining])).toEqual([
    ['passed', 2, 1],
    ['passed', 2, 0],
    ['throttled', 2, 0],
    ['passed', 2, 1],
    ['passed', 2, 0],
    ['throttled', 4, 0],
  ]);
});

test('the headers tell the tighter limit or, if so wanted, the token’s, even when the org has nothing left', () => {
  const told = (rateLimitHeaders: 'tighter' | 'token') => {
    const limits = createRateLimits({
      ...OPTIONS,
      usersPerMinute: 4,
      tokenSharePercent: 75,
      rateLimitHeaders,
    });
    for (const ms of [0, 1, 2, 3]) limits.take('users', null, at(ms));
    const { kind, limit, remaining } = limits.take('users', 'token', at(4));
    return { kind, limit, remaining };
  };
  expect(told('tighter')).toEqual({ kind: 'throttled', limit: 4, remaining: 0 });
  expect(told('token')).toEqual({ kind: 'throttled', limit: 3, remaining: 3 });
});

// Okta, rate limits: what has none.
test.each([
  '/oauth2/v1/keys',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
])('%s counts in no bucket', (path) => {
  expect(bucketOf('GET', path)).toBeNull();
});

test('the token endpoint has a bucket of its own', () => {
  expect(bucketOf('POST', '/oauth2/v1/token')).toBe('token');
});

test.each([
  ['integrator', [100, 20, 100]],
  ['enterprise', [600, 100, 1000]],
  ['workforce', [600, 100, 2000]],
] as const)('an org of the edition %s has its limits', (edition, expected) => {
  const limits = createRateLimits({ ...OPTIONS, edition, usersPerMinute: null });
  const buckets = ['users', 'apps', 'user-read'] as const;
  expect(buckets.map((bucket) => limits.take(bucket, 'token', at(0)).limit)).toEqual(expected);
});

test('a limit of one bucket can be set over that of the edition', () => {
  const limits = createRateLimits({ ...OPTIONS, usersPerMinute: null, perMinute: { apps: 30, users: 40 } });
  expect(limits.take('apps', 'token', at(0)).limit).toBe(30);
  expect(limits.take('users', 'token', at(0)).limit).toBe(40);
  expect(limits.take('groups', 'token', at(0)).limit).toBe(600);
});

test('every answer carries the rate-limit headers, a Date and an id of its own', async () => {
  const org = await startOrg({ windowMs: 30_000 }, { isAstray: true }); // half a minute
  const replies = [
    await org.call('POST', '/users', person('ada@example.com')),
    await org.call('POST', '/users', 'no json'),
    await org.call('GET', '/users/nobody'),
    await org.call('GET', '/users', undefined, { authorization: 'SSWS wrong' }),
    await org.call('GET', '/nothing'),
    await org.call('PATCH', '/users'),
  ];
  expect(replies.map(({ status }) => status)).toEqual([200, 400, 404, 401, 404, 405]);
  expect(replies.map(({ headers }) => headers.get('x-rate-limit-limit'))).toEqual([
    '300',
    '300',
    '500',
    '300',
    '300',
    '300',
  ]);
  expect(replies.map(({ headers }) => headers.get('x-rate-limit-remaining'))).toEqual([
    '299',
    '298',
    '499',
    '297',
    '299',
    '298',
  ]);
  expect(replies.every(({ headers }) => headers.has('date') && headers.has('x-rate-limit-reset'))).toBe(true);
  expect(new Set(replies.map(({ headers }) => headers.get('x-okta-request-id'))).size).toBe(replies.length);
  expect(replies.slice(1).map(({ body }) => body.errorCode)).toEqual([
    'E0000003',
    'E0000007',
    'E0000011',
    'E0000008',
    'E0000022',
  ]);
});

test('a throttled call answers 429 as Okta words it, without Retry-After and without effect', async () => {
  const org = await startOrg({ usersPerMinute: 1 });
  await create(org, 'ada@example.com');
  const { status, headers, body } = await org.call('POST', '/users', person('bob@example.com'));
  expect(status).toBe(429);
  expect(body).toEqual({
    errorCode: 'E0000047',
    errorSummary: 'API call exceeded rate limit due to too many requests.',
    errorLink: 'E0000047',
    errorId: expect.stringMatching(/^oae/),
    errorCauses: [],
  });
  expect(headers.get('x-rate-limit-remaining')).toBe('0');
  expect(headers.has('retry-after')).toBe(false);
  expect((await org.control('GET', 'counters')).body).toMatchObject({
    users: 1,
    calls: { total: 2, byBucket: { users: 2 } },
    throttled: { total: 1, byBucket: { users: 1 } },
    statuses: { 200: 1, 429: 1 },
  });
});

test('creation and activation share one bucket, reading has its own', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const activated = await org.call('POST', `/users/${id}/lifecycle/activate`);
  expect(activated.headers.get('x-rate-limit-remaining')).toBe('598');
  const read = await org.call('GET', `/users/${id}`);
  expect(read.headers.get('x-rate-limit-remaining')).toBe('999');
});

test('a bucket found empty is open again once its window is over', async () => {
  const org = await startOrg({ usersPerMinute: 120, windowMs: 500 });
  await create(org, 'ada@example.com');
  await eventually('it is open', async () => (await org.call('GET', '/users')).status === 200);
  const { atMs } = (await org.control<{ atMs: number[] }>('GET', 'arrivals?bucket=users')).body;
  expect((atMs.at(-1) ?? 0) - (atMs[0] ?? 0)).toBeGreaterThanOrEqual(500);
});

test('a path may begin with two slashes', async () => {
  const org = await startOrg();
  const reply = await fetch(`${org.url}//api/v1/users`, { headers: { authorization: 'SSWS a-token' } });
  expect(reply.status).toBe(200);
});
