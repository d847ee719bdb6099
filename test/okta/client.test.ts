import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Turn } from '../../src/limiter/limiter.ts';
import { createRedisLimiter } from '../../src/limiter/redis-limiter.ts';
import type { Reply } from '../../src/okta/reply.ts';
import { openTestRedis } from '../support/redis.ts';
import { createServiceApp } from '../support/service-app.ts';
import {
  aTurn,
  bareClientAt,
  clientAt,
  closeAll,
  countingLimiter,
  profile,
  startOrg,
  startProxy,
  TOKEN,
} from './support.ts';

afterEach(closeAll);

const errorOf = <T>(reply: Reply<T>) => (reply.kind === 'ok' ? undefined : reply.error);

test('one call creates a user who is not active and stands in the groups', async () => {
  const org = await startOrg();
  const reply = await clientAt(org.url).createUser(profile(), [org.groupId]);
  const [user] = await org.users();
  expect(reply).toMatchObject({ kind: 'ok', body: { id: user?.id } });
  expect(user).toMatchObject({ status: 'STAGED', groupIds: [org.groupId], profile: profile() });
  expect((await org.counters()).calls.byBucket).toMatchObject({ users: 1 });
});

test('a user is found by login, with the mark of whoever created it', async () => {
  const org = await startOrg();
  const okta = clientAt(org.url);
  const login = "jürgen.o'brien+1@example.com";
  await okta.createUser(profile(login), []);
  expect(await okta.getUser(login)).toMatchObject({
    kind: 'ok',
    body: { status: 'STAGED', profile: { employeeNumber: 'werk/panelist/7' } },
  });
});

test('a user whose login has a slash is found by a search', async () => {
  const org = await startOrg();
  const okta = bareClientAt(org.url);
  const login = 'ada/"sales"@example.com';
  await okta.createUser(await okta.turn('users'), profile(login), []);
  expect(await okta.searchUser(await okta.turn('users'), login)).toMatchObject({
    kind: 'ok',
    body: [{ status: 'STAGED', profile: { login } }],
  });
});

test('who is activated gets a mail, and again when reactivated; the other way round nobody does', async () => {
  const org = await startOrg();
  const okta = clientAt(org.url);
  const created = await okta.createUser(profile(), []);
  const id = created.kind === 'ok' ? created.body.id : '';
  const mails = async () => (await org.outbox()).map(({ userId, type }) => [userId, type]);
  expect(await okta.reactivate(id)).toMatchObject({ kind: 'refused', error: { code: 'E0000038' } });
  expect(await mails()).toEqual([]);
  expect(await okta.activate(id)).toEqual({ kind: 'ok', body: {} });
  expect(await okta.activate(id)).toMatchObject({ kind: 'refused', error: { code: 'E0000016' } });
  expect(await okta.reactivate(id)).toEqual({ kind: 'ok', body: {} });
  expect(await mails()).toEqual([
    [id, 'activation'],
    [id, 'activation'],
  ]);
  expect(await okta.getUser(id)).toMatchObject({
    kind: 'ok',
    body: { status: 'PROVISIONED', statusChanged: expect.stringMatching(/^20.*Z$/) },
  });
});

test('a user that is not there is refused with 404', async () => {
  const org = await startOrg();
  const reply = await clientAt(org.url).getUser('nobody@example.com');
  expect(reply).toMatchObject({ kind: 'refused', error: { status: 404, code: 'E0000007' } });
});

test('a group is found by its id', async () => {
  const org = await startOrg();
  expect(await clientAt(org.url).getGroup(org.groupId)).toMatchObject({
    kind: 'ok',
    body: { id: org.groupId },
  });
});

test('each call takes one turn of its bucket', async () => {
  const org = await startOrg();
  const limiter = countingLimiter();
  const okta = clientAt(org.url, limiter);
  await okta.createUser(profile(), []);
  await okta.getUser(profile().login);
  await okta.getGroup(org.groupId);
  expect(limiter.taken).toEqual([
    { org: 'acme', bucket: 'users' },
    { org: 'acme', bucket: 'user-read' },
    { org: 'acme', bucket: 'group' },
  ]);
});

test('nobody calls before the turn has come', async () => {
  const org = await startOrg();
  const turn = Promise.withResolvers<Turn>();
  const asked = Promise.withResolvers<void>();
  const limiter = countingLimiter({
    take: () => {
      asked.resolve();
      return turn.promise;
    },
  });
  const reply = clientAt(org.url, limiter).createUser(profile(), []);
  await asked.promise;
  expect((await org.counters()).calls.byBucket.users).toBe(0);
  turn.resolve(aTurn());
  expect((await reply).kind).toBe('ok');
});

test('without a turn there is no call', async () => {
  const org = await startOrg();
  const reason = new Error('stopping');
  const limiter = countingLimiter({ take: () => Promise.reject(reason) });
  await expect(clientAt(org.url, limiter).createUser(profile(), [])).rejects.toBe(reason);
  expect((await org.counters()).calls.byBucket.users).toBe(0);
});

test('a turn is for one call', async () => {
  const org = await startOrg();
  const okta = bareClientAt(org.url);
  const turn = await okta.turn('group');
  await okta.getGroup(turn, org.groupId);
  await expect(okta.getGroup(turn, org.groupId)).rejects.toThrow('Bug: a turn is for one call');
  expect((await org.counters()).calls.byBucket.group).toBe(1);
});

test('a turn that has grown old is given up and waited for again, by the same signal, as often as that takes', async () => {
  const org = await startOrg();
  const signals: (AbortSignal | undefined)[] = [];
  const settled: [number, boolean][] = [];
  const limiter = countingLimiter({
    async take(_, { signal } = {}) {
      signals.push(signal);
      const isLate = signals.length < 3;
      return aTurn({ number: signals.length, ...(isLate && { sendBy: performance.now() - 1 }) });
    },
    async settle({ number }, seen) {
      settled.push([number, seen !== null]);
      return false;
    },
  });
  const okta = bareClientAt(org.url, limiter);
  const { signal } = new AbortController();
  await okta.getGroup(await okta.turn('group', { signal }), org.groupId, signal);
  expect(signals).toEqual([signal, signal, signal]);
  expect(settled).toEqual([
    [1, false],
    [2, false],
    [3, true],
  ]);
});

test('an answer that takes longer than the request may is none', async () => {
  const org = await startOrg();
  await org.fault({ kind: 'latency', ms: 30_000 });
  const reply = await clientAt(org.url, countingLimiter(), { requestTimeoutMs: 300 }).createUser(
    profile(),
    [],
  );
  expect(reply).toMatchObject({ kind: 'unreachable', error: { status: 0, code: 'ETIMEDOUT' } });
});

test('a call whose other turn comes a window later is not made, and is to be made again', async () => {
  const org = await startOrg();
  const settled: [number, boolean][] = [];
  let taken = 0;
  const limiter = countingLimiter({
    async take() {
      taken += 1;
      return aTurn(taken === 1 ? { sendBy: performance.now() - 61_000 } : { number: taken });
    },
    async settle({ number }, seen) {
      settled.push([number, seen !== null]);
      return false;
    },
  });
  const reply = await clientAt(org.url, limiter).createUser(profile(), []);
  expect(reply).toMatchObject({ kind: 'throttled', waitMs: 0, closing: false, crowded: false });
  expect(settled).toEqual([
    [1, false],
    [2, false],
  ]);
  expect((await org.counters()).calls.byBucket.users).toBe(0);
});

test('the limiter is told what each answer says of the allowance', async () => {
  const org = await startOrg({ usersPerMinute: 300 });
  const limiter = countingLimiter();
  await clientAt(org.url, limiter).createUser(profile(), []);
  expect(limiter.settled).toMatchObject([
    { limit: 300, remaining: 299, resetInMs: expect.any(Number), closeForMs: null },
  ]);
});

test('a user that Okta has created counts although the limiter cannot be told', async () => {
  const org = await startOrg();
  const limiter = countingLimiter({ settle: () => Promise.reject(new Error('OOM command not allowed')) });
  const reply = await clientAt(org.url, limiter).createUser(profile(), []);
  expect(reply).toMatchObject({ kind: 'ok', body: { id: (await org.users())[0]?.id } });
});

test('a login that is taken is refused with what Okta says and the id of the request', async () => {
  const org = await startOrg();
  const okta = clientAt(org.url);
  await okta.createUser(profile(), []);
  expect(await okta.createUser(profile(), [])).toEqual({
    kind: 'refused',
    error: {
      status: 400,
      code: 'E0000001',
      text: 'Api validation failed: login; login: An object with this field already exists in the current organization',
      requestId: expect.stringMatching(/^req/),
    },
  });
});

test("an error says nothing of the person but what Okta's answer said", async () => {
  const org = await startOrg();
  const okta = clientAt(org.url);
  await okta.createUser(profile(), []);
  await org.fault({ kind: 'reset', when: 'before' });
  const errors = [await okta.createUser(profile(), []), await okta.createUser(profile(), [])].map(errorOf);
  expect(errors.every(Boolean)).toBe(true);
  expect(JSON.stringify(errors)).not.toMatch(/ada|byron|example\.com/i);
});

test('a wrong token is a matter of the configuration', async () => {
  const org = await startOrg();
  const reply = await clientAt(org.url, countingLimiter(), {
    credentials: { kind: 'api-token', token: 'wr0ng' },
  }).createUser(profile(), []);
  expect(reply).toMatchObject({ kind: 'misconfigured', error: { status: 401, code: 'E0000011' } });
});

test('a missing right is a matter of the configuration', async () => {
  const org = await startOrg();
  await org.fault({ kind: 'status', status: 403 });
  const reply = await clientAt(org.url).createUser(profile(), []);
  expect(reply).toMatchObject({ kind: 'misconfigured', error: { status: 403, code: 'E0000006' } });
});

test.each([500, 502, 503])('a %i leaves open what Okta did', async (status) => {
  const org = await startOrg();
  await org.fault({ kind: 'status', status });
  expect(await clientAt(org.url).createUser(profile(), [])).toMatchObject({
    kind: 'unreachable',
    error: { status },
  });
});

test("a conflict with Okta's own work passes, and is nobody's fault", async () => {
  const org = await startOrg();
  await org.fault({ kind: 'status', status: 409 });
  const reply = await clientAt(org.url).createUser(profile(), []);
  expect(reply).toMatchObject({ kind: 'unreachable', error: { status: 409, code: 'E0000112' } });
});

test.each([
  ['before', 0],
  ['after', 1],
])('a connection that breaks %s the call took effect leaves open what Okta did', async (when, users) => {
  const org = await startOrg();
  await org.fault({ kind: 'reset', when });
  const reply = await clientAt(org.url).createUser(profile(), []);
  expect(reply).toEqual({
    kind: 'unreachable',
    error: { status: 0, code: 'ECONNRESET', text: 'no answer: ECONNRESET', requestId: null },
    unsent: false,
  });
  expect((await org.counters()).users).toBe(users);
});

test.each([
  ['a 503', { kind: 'status', status: 503 }],
  ['a broken connection', { kind: 'reset', when: 'before' }],
  ['a 429', { kind: 'status', status: 429 }],
])('%s is not repeated here: one turn, one call', async (_, fault) => {
  const org = await startOrg();
  await org.fault(fault, 5);
  const limiter = countingLimiter();
  await clientAt(org.url, limiter).createUser(profile(), []);
  expect(limiter.taken).toHaveLength(1);
  expect((await org.counters()).calls.byBucket.users).toBe(1);
});

test('a server that is not there cannot be reached', async () => {
  const reply = await clientAt('http://127.0.0.1:9').getGroup('x');
  expect(reply).toMatchObject({
    kind: 'unreachable',
    error: { status: 0, code: 'ECONNREFUSED' },
    unsent: true,
  });
});

test('a 429 waits until the reset that Okta has stated', async () => {
  const org = await startOrg();
  await org.fault({ kind: 'status', status: 429 });
  const limiter = countingLimiter();
  const reply = await clientAt(org.url, limiter).createUser(profile(), []);
  const closeForMs = limiter.settled[0]?.closeForMs;
  expect(reply).toMatchObject({
    kind: 'throttled',
    waitMs: closeForMs,
    closing: false,
    error: { status: 429 },
  });
  expect(closeForMs).toBeGreaterThan(50_000);
  expect(closeForMs).toBeLessThanOrEqual(61_000);
});

test('of many calls that are throttled at once exactly one is told that it has shut the bucket', async () => {
  const org = await startOrg({ latencyMs: 1_000 }); // all have their turns before the first answer
  await org.fault({ kind: 'status', status: 429 });
  const redis = openTestRedis();
  const pace = () => ({
    perWindow: 1_000,
    mostPerWindow: 1_000,
    keepFreePerWindow: 0,
    windowMs: 1_000,
    jitterMs: 100,
  });
  const clients = [1, 2].map(() =>
    clientAt(org.url, createRedisLimiter(redis.connect(), redis.prefix, pace)),
  );
  try {
    const replies = await Promise.all(
      clients.flatMap((okta, n) =>
        Array.from({ length: 6 }, (_, i) => okta.createUser(profile(`p${n}-${i}@example.com`), [])),
      ),
    );
    expect(replies.map(({ kind }) => kind)).toEqual(replies.map(() => 'throttled'));
    expect(replies.filter((reply) => reply.kind === 'throttled' && reply.closing)).toHaveLength(1);
  } finally {
    await redis.close();
  }
});

describe('what stands between Portage and Okta', () => {
  const html = (status: number) => (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Blocked for ada@example.com</h1>');
  };
  const json =
    (status: number, body: unknown, headers: Record<string, string> = {}) =>
    (response: ServerResponse) => {
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    };

  test.each([200, 302, 400, 401, 403, 404, 407, 502])(
    'may answer with a page of its own and %i: that says nothing of the person',
    async (status) => {
      const { url } = await startProxy(html(status));
      expect(await clientAt(url).createUser(profile(), [])).toEqual({
        kind: 'unreachable',
        error: { status, code: '', text: 'not an answer of Okta', requestId: null },
      });
    },
  );

  test('may throttle, too', async () => {
    const { url } = await startProxy(html(429));
    expect(await clientAt(url).createUser(profile(), [])).toMatchObject({
      kind: 'throttled',
      waitMs: 60_000,
    });
  });

  test.each([[{}], [[]], [null], ['created'], [{ id: 7 }]])(
    'may answer a creation with %j: that is no user',
    async (body) => {
      const { url } = await startProxy(json(200, body));
      expect((await clientAt(url).createUser(profile(), [])).kind).toBe('unreachable');
    },
  );

  test("may send errors that only look like Okta's", async () => {
    const { url } = await startProxy(json(400, { errorCode: 'ünfug', errorSummary: 'no' }));
    expect(await clientAt(url).createUser(profile(), [])).toMatchObject({
      kind: 'unreachable',
      error: { code: '' },
    });
  });

  test('may send an id of the request that no table can hold', async () => {
    const { url } = await startProxy(html(502));
    const { url: odd } = await startProxy(json(500, {}, { 'x-okta-request-id': 'x'.repeat(65) }));
    const errors = [await clientAt(url).getGroup('g'), await clientAt(odd).getGroup('g')].map(errorOf);
    expect(errors.map((error) => error?.requestId)).toEqual([null, null]);
  });

  test('may answer without end, and is not listened to for ever', async () => {
    let sent = 0;
    const { url } = await startProxy((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const page = Buffer.alloc(100_000, ' ');
      const go = () => {
        if (response.destroyed || sent > 50_000_000) return;
        sent += page.length;
        response.write(page, go);
      };
      go();
    });
    expect(await clientAt(url).createUser(profile(), [])).toMatchObject({
      kind: 'unreachable',
      error: { status: 0, code: 'ANSWER_TOO_LONG' },
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  test('may not answer at all, and is waited for as long as is configured', async () => {
    const { url, calls } = await startProxy(() => {});
    const okta = clientAt(url, countingLimiter(), { requestTimeoutMs: 1_500 });
    expect(await okta.createUser(profile(), [])).toMatchObject({
      kind: 'unreachable',
      error: { status: 0, code: 'ETIMEDOUT' },
    });
    expect(calls).toHaveLength(1);
  });

  test('may redirect, and is not followed: the token goes nowhere else', async () => {
    const elsewhere = await startProxy(json(200, { id: 'x' }));
    const { url } = await startProxy((response) => {
      response.writeHead(302, { location: elsewhere.url }).end();
    });
    expect((await clientAt(url).getGroup('g')).kind).toBe('unreachable');
    expect(elsewhere.calls).toEqual([]);
  });
});

test('no error of any kind holds the token', async () => {
  const org = await startOrg();
  const { url: proxy } = await startProxy((response) => {
    response.writeHead(403).end('no');
  });
  const okta = clientAt(org.url);
  const errors = [];
  for (const fault of [
    { kind: 'status', status: 403 },
    { kind: 'status', status: 503 },
    { kind: 'reset', when: 'before' },
    { kind: 'status', status: 429 },
  ]) {
    await org.fault(fault);
    errors.push(await okta.createUser(profile(), []));
  }
  errors.push(
    await clientAt(proxy).createUser(profile(), []),
    await okta.createUser(profile(), ['no-such-group']),
  );
  expect(errors.every((reply) => errorOf(reply) !== undefined)).toBe(true);
  expect(JSON.stringify(errors)).not.toContain(TOKEN);
});

test('no error of any kind holds an access token, or what it is asked for with', async () => {
  const redis = openTestRedis();
  const app = await createServiceApp(true);
  const { privateKey, encryptionKey } = app.config;
  const accessToken = 'eyJ-a-token-of-okta';
  const token = { access_token: accessToken, token_type: 'DPoP', expires_in: 3_600 };
  const json = (status: number, body: object) => (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const error = (code: string) => ({ errorCode: code, errorSummary: 'No', errorCauses: [] });
  const answers = [
    json(401, error('E0000011')),
    json(403, error('E0000006')),
    json(429, error('E0000047')),
    json(503, error('E0000010')),
    (response: ServerResponse) => response.writeHead(407).end('<h1>no</h1>'),
    (response: ServerResponse) => response.destroy(),
  ];
  const forms: Promise<string>[] = [];
  const { url, calls } = await startProxy((response) => {
    if (!response.req.url?.startsWith('/oauth2')) return answers.shift()?.(response);
    forms.push(text(response.req));
    if (answers.length > 0) return json(200, token)(response);
    return json(401, { error: 'invalid_client', error_description: 'No.' })(response);
  });
  try {
    const own = { redis: redis.connect(), prefix: redis.prefix };
    const credentials = { credentials: app.config };
    const connect = () => bareClientAt(url, countingLimiter(), credentials, own);
    const okta = connect();
    const errors: unknown[] = [];
    while (answers.length > 0) errors.push(errorOf(await okta.getGroup(await okta.turn('group'), 'g')));
    await redis.lose();
    const refused = connect();
    errors.push(errorOf(await refused.getGroup(await refused.turn('group'), 'g')));
    expect(errors).toMatchObject([401, 403, 429, 503, 407, 0, 401].map((status) => ({ status })));

    const assertions = (await Promise.all(forms)).map((form) =>
      new URLSearchParams(form).get('client_assertion'),
    );
    const proofs = calls.map(({ headers }) => headers.dpop as string);
    const secrets = [accessToken, encryptionKey, JSON.parse(privateKey).d, ...assertions, ...proofs];
    expect(secrets.every((secret) => secret.length > 10)).toBe(true);
    expect(secrets.filter((secret) => JSON.stringify(errors).includes(secret))).toEqual([]);
  } finally {
    await redis.close();
  }
});
