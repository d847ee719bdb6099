import { text } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import { checkAssertion } from '../../simulator/client-assertion.ts';
import { createOAuth } from '../../simulator/oauth.ts';
import { type Options, withDefaults } from '../../simulator/options.ts';
import type { Turn } from '../../src/limiter/limiter.ts';
import { HOUR, MINUTE, SECOND } from '../../src/time.ts';
import { eventually } from '../support/eventually.ts';
import { openTestRedis, type TestRedis } from '../support/redis.ts';
import { createServiceApp, type TestServiceApp } from '../support/service-app.ts';
import {
  bareClientAt,
  closeAll,
  countingLimiter,
  profile,
  type SimulatedOrg,
  startOrg,
  startProxy,
} from './support.ts';

let redis: TestRedis;
beforeEach(() => {
  redis = openTestRedis();
});
afterEach(async () => {
  await closeAll();
  await redis.close();
});

interface Site {
  org: SimulatedOrg;
  app: TestServiceApp;
  /** A client as one more process of the fleet has it. */
  client: () => ReturnType<typeof bareClientAt>;
  tokenCalls: () => Promise<number>;
}

async function site(dpop: boolean, options: Partial<Options> = {}): Promise<Site> {
  const org = await startOrg(options);
  const app = await createServiceApp(dpop);
  await org.control('service-apps', app.registration);
  const client = () =>
    bareClientAt(
      org.url,
      countingLimiter(),
      { credentials: app.config },
      { redis: redis.connect(), prefix: redis.prefix },
    );
  return { org, app, client, tokenCalls: async () => (await org.counters()).calls.byBucket.token ?? 0 };
}

const getGroup = async (client: ReturnType<Site['client']>, org: SimulatedOrg) =>
  client.getGroup(await client.turn('group'), org.groupId);

test.each([
  ['a bearer token', false, 1],
  ['a token that is bound to a key, after the exchange of a nonce', true, 2],
])('a service app calls with %s', async (_, dpop, calls) => {
  const { org, client, tokenCalls } = await site(dpop);
  const okta = client();
  expect(await okta.createUser(await okta.turn('users'), profile(), [org.groupId])).toMatchObject({
    kind: 'ok',
  });
  expect(await getGroup(okta, org)).toMatchObject({ kind: 'ok' });
  expect(await tokenCalls()).toBe(calls);
});

test.each([
  [false, 1],
  [true, 2],
])('50 processes that start at once share one token (DPoP: %s)', async (dpop, calls) => {
  const { org, client, tokenCalls } = await site(dpop);
  const replies = await Promise.all(Array.from({ length: 50 }, () => getGroup(client(), org)));
  expect(replies.filter(({ kind }) => kind === 'ok')).toHaveLength(50);
  expect(await tokenCalls()).toBe(calls);
});

test('neither the token nor its key can be read in Redis', async () => {
  const { org, client, app } = await site(true);
  await getGroup(client(), org);
  const own = redis.connect();
  const keys = await own.keys(`${redis.prefix}:*`);
  const values = await Promise.all(keys.map((key) => own.get(key)));
  expect(values.length).toBeGreaterThan(0);
  for (const value of values) {
    expect(value).not.toMatch(/eyJ|"d"|token/);
    expect(Buffer.from(value ?? '', 'base64').toString('latin1')).not.toMatch(/eyJ|"d"|token/);
  }
  expect(app.config.encryptionKey).not.toBe('');
});

test('what another key has sealed is not used, but asked for anew', async () => {
  const { org, client, app, tokenCalls } = await site(false);
  await getGroup(client(), org);
  Object.assign(app.config, { encryptionKey: Buffer.alloc(32, 7).toString('base64') });
  expect(await getGroup(client(), org)).toMatchObject({ kind: 'ok' });
  expect(await tokenCalls()).toBe(2);
});

test('a token is replaced before it ends, and nobody is refused meanwhile', async () => {
  const { org, client, tokenCalls } = await site(true, { perMinute: { group: 1_000_000 } });
  await getGroup(client(), org);
  const own = redis.connect();
  const place = `${redis.prefix}:token:acme`;
  const soonMs = HOUR / 6 + SECOND; // ten minutes to replace it, in a second
  const kinds = new Set<string>();
  for (const _ of [1, 2]) {
    await own.pexpire(place, soonMs);
    const fleet = Array.from({ length: 5 }, client);
    await eventually('a token is replaced', async () => {
      for (const okta of fleet) kinds.add((await getGroup(okta, org)).kind);
      return (await own.pttl(place)) > soonMs;
    });
  }
  expect([...kinds]).toEqual(['ok']);
  expect(await tokenCalls()).toBeGreaterThanOrEqual(2 + 2); // the nonce is exchanged once
  expect(await tokenCalls()).toBeLessThanOrEqual(2 + 4);
});

test('a token that Okta refuses is given up for the whole fleet', async () => {
  const { org, client, tokenCalls } = await site(false);
  const [one, other] = [client(), client()];
  await getGroup(one, org);
  await org.control('faults', { path: '/api/v1/groups', times: 1, fault: { kind: 'status', status: 401 } });
  expect(await getGroup(one, org)).toMatchObject({ kind: 'misconfigured', cause: 'credentials' });
  expect(await getGroup(other, org)).toMatchObject({ kind: 'ok' });
  expect(await getGroup(one, org)).toMatchObject({ kind: 'ok' });
  expect(await tokenCalls()).toBe(2);
});

test('when each token is refused at once a fleet does not ask for one per call', async () => {
  const { org, client, tokenCalls } = await site(false);
  const fleet = Array.from({ length: 10 }, client);
  const refuse = { path: '/api/v1/groups', times: 1_000, fault: { kind: 'status', status: 401 } };
  await org.control('faults', refuse);
  for (const okta of [...fleet, ...fleet]) {
    expect(await getGroup(okta, org)).toMatchObject({ kind: 'misconfigured', error: { code: 'E0000011' } });
  }
  expect(await tokenCalls()).toBeGreaterThanOrEqual(2);
  expect(await tokenCalls()).toBeLessThan(10); // two, and one for each 5 s
});

test('a key that Okta does not know is a matter of the configuration, and asked with once by the whole fleet', async () => {
  const { org, client, tokenCalls } = await site(false);
  const stranger = await createServiceApp(false);
  await org.control('service-apps', stranger.registration); // the app has another key now
  const replies = await Promise.all(Array.from({ length: 10 }, () => getGroup(client(), org)));
  for (const reply of replies) {
    expect(reply).toMatchObject({
      kind: 'misconfigured',
      cause: 'credentials',
      error: { code: 'invalid_client' },
    });
  }
  expect(await tokenCalls()).toBe(1);
});

test('a scope that was not granted is a matter of the configuration, and told in the words of Okta', async () => {
  const { org, client, app } = await site(false);
  Object.assign(app.config, { scopes: ['okta.apps.manage'] });
  expect(await getGroup(client(), org)).toMatchObject({
    kind: 'misconfigured',
    error: {
      status: 400,
      code: 'invalid_scope',
      text: 'no access token: You are not allowed any of the requested scopes.',
    },
  });
});

test('a token that is not bound to a key is shown as it is, although it was asked for with a proof', async () => {
  const { url, calls } = await startProxy((response) => {
    const token = { access_token: 'a-token', token_type: 'Bearer', expires_in: 3_600 };
    const body = response.req.url?.startsWith('/oauth2') ? token : { id: 'x' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const app = await createServiceApp(true);
  const own = { redis: redis.connect(), prefix: redis.prefix };
  const okta = bareClientAt(url, countingLimiter(), { credentials: app.config }, own);
  expect(await okta.getGroup(await okta.turn('group'), 'x')).toMatchObject({ kind: 'ok' });
  const shown = calls.map(({ headers }) => [headers.authorization, headers.dpop !== undefined]);
  expect(shown).toEqual([
    [undefined, true],
    ['Bearer a-token', false],
  ]);
});

/** Where a client gets nothing but this from the token endpoint; and what it has sent there. */
async function refusing(status: number, body: object) {
  const forms: Promise<string>[] = [];
  const { url } = await startProxy((response) => {
    forms.push(text(response.req));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const app = await createServiceApp(false);
  const own = { redis: redis.connect(), prefix: redis.prefix };
  const okta = bareClientAt(url, countingLimiter(), { credentials: app.config }, own);
  const reply = await okta.getGroup(await okta.turn('group'), 'x');
  return { url, app, reply, form: new URLSearchParams(await forms[0]) };
}

test.each([-50, -1, 4])(
  'an assertion is good at an Okta whose clock is off by %s minutes',
  async (minutes) => {
    const { url, app, form } = await refusing(401, { error: 'invalid_client' });
    const serviceApp = { ...app.registration, keys: app.registration.jwks.keys };
    const oauth = createOAuth(withDefaults({ port: 0, token: '', serviceApps: [serviceApp] }));
    const oktasMs = Date.now() + minutes * MINUTE;
    const assertion = form.get('client_assertion') ?? '';
    expect(await checkAssertion(oauth, assertion, `${url}/oauth2/v1/token`, oktasMs)).toMatchObject({
      kind: 'client',
    });
  },
);

test('an assertion has all the claims that Okta lists, and was issued no more than an hour before it ends', async () => {
  const { url, app, form } = await refusing(401, { error: 'invalid_client' });
  const { clientId } = app.config;
  const { iat = 0, exp = 0, ...claims } = decodeJwt(form.get('client_assertion') ?? '');
  expect(claims).toEqual({
    iss: clientId,
    sub: clientId,
    aud: `${url}/oauth2/v1/token`,
    jti: expect.any(String),
  });
  expect([iat, exp].every(Number.isInteger)).toBe(true);
  expect((exp - iat) * SECOND).toBe(HOUR);
});

test.each([
  ['a page', '<html>"no"</html>'],
  ['longer than an assertion', 'x'.repeat(201)],
])('words about a token that are %s are not told', async (_, description) => {
  const { reply } = await refusing(401, { error: 'invalid_client', error_description: description });
  expect(reply).toMatchObject({
    kind: 'misconfigured',
    error: { code: 'invalid_client', text: 'no access token' },
  });
});

test('a token endpoint that cannot answer now, and says so, is no matter of the configuration', async () => {
  const { reply } = await refusing(503, { error: 'temporarily_unavailable', error_description: 'Later.' });
  expect(reply).toMatchObject({
    kind: 'unreachable',
    error: { status: 503, code: 'temporarily_unavailable', text: 'no access token: Later.' },
  });
});

test.each([
  ['refuses', 401],
  ['is away', 503],
])('a turn is told back although the token endpoint %s', async (_, status) => {
  const { url } = await startProxy((response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":"invalid_client"}');
  });
  const app = await createServiceApp(false);
  const told: Turn[] = [];
  const limiter = countingLimiter({
    settle: async (turn) => {
      told.push(turn);
      return false;
    },
  });
  const own = { redis: redis.connect(), prefix: redis.prefix };
  const okta = bareClientAt(url, limiter, { credentials: app.config }, own);
  const turn = await okta.turn('group');
  expect((await okta.getGroup(turn, 'x')).kind).not.toBe('ok');
  expect(told).toContain(turn);
});

test('a token endpoint that is away leaves open nothing but the call', async () => {
  const { org, client } = await site(false);
  await org.control('faults', { path: '/oauth2', times: 1, fault: { kind: 'status', status: 503 } });
  expect(await getGroup(client(), org)).toMatchObject({
    kind: 'unreachable',
    unsent: true,
    error: { status: 503 },
  });
  expect((await org.counters()).calls.byBucket.group).toBe(0);
});
