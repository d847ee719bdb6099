import { pass, startClock, stopClock } from './clock.ts';
import {
  askForToken,
  assertionOf,
  CLIENT_ID,
  type Claims,
  createKeys,
  nowSeconds,
  startServiceOrg,
} from './oauth-support.ts';
import { type ErrorBody, person, startOrg, stopAll } from './support.ts';

afterEach(async () => {
  await stopAll();
  startClock();
});

function bearer(token: string) {
  return { authorization: `Bearer ${token}` };
}

test('a signed assertion gets a token for an hour, and the token opens the API', async () => {
  const service = await startServiceOrg();
  const { status, body } = await askForToken(service);
  expect(status).toBe(200);
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'okta.users.manage' });
  const headers = bearer(body.access_token);
  expect((await service.org.call('POST', '/users', person('ada@example.com'), headers)).status).toBe(200);
});

test('RSA keys sign as well', async () => {
  const service = await startServiceOrg();
  const keys = await createKeys('rsa', 'RS256');
  const app = { clientId: CLIENT_ID, jwks: { keys: [keys.publicJwk] }, scopes: ['okta.users.manage'] };
  expect((await service.org.control('POST', 'service-apps', app)).status).toBe(201);
  expect((await askForToken({ ...service, keys })).status).toBe(200);
});

const NOW = nowSeconds();

test.each<[string, Claims, Claims, string]>([
  ['another audience', { aud: 'https://elsewhere.example' }, {}, 'must be the endpoint invoked'],
  ['an issuer that is not the subject', { iss: 'another' }, {}, 'client id'],
  ['an unknown client', { iss: 'another', sub: 'another' }, {}, "Invalid value for 'client_id' parameter."],
  ['no expiration', { exp: undefined }, {}, 'must contain an expiration'],
  ['an expiration that is over', { exp: NOW - 1 }, {}, 'is expired'],
  ['an expiration in two hours', { exp: NOW + 7200 }, {}, 'has an expiration too far into the future.'],
  ['a time of issue to come', { iat: NOW + 600 }, {}, 'issued in the future'],
  ['an unknown key', {}, { kid: 'another' }, 'The client_assertion JWT kid is invalid.'],
])('an assertion with %s is refused', async (_what, claims, header, description) => {
  const service = await startServiceOrg();
  const { status, body } = await askForToken(service, {
    client_assertion: await assertionOf(service, claims, header),
  });
  expect([status, body.error]).toEqual([401, 'invalid_client']);
  expect(body.error_description).toContain(description);
});

test.each([
  [401, 'invalid_client'],
  [500, 'server_error'],
  [503, 'temporarily_unavailable'],
])('a fault with the status %d is told in the words of OAuth', async (status, error) => {
  const service = await startServiceOrg();
  await service.org.control('POST', 'faults', {
    path: '/oauth2',
    times: 1,
    fault: { kind: 'status', status },
  });
  const failed = await askForToken(service);
  expect([failed.status, failed.body.error]).toEqual([status, error]);
  expect(failed.body).not.toHaveProperty('errorCode');
  expect((await service.org.control('GET', 'faults')).body).toMatchObject([{ fired: 1 }]);
  expect((await askForToken(service)).status).toBe(200);
});

test('a throttled request for a token is told as all throttled calls are', async () => {
  const service = await startServiceOrg();
  await service.org.control('POST', 'faults', {
    path: '/oauth2',
    times: 1,
    fault: { kind: 'status', status: 429 },
  });
  expect(await askForToken(service)).toMatchObject({ status: 429, body: { errorCode: 'E0000047' } });
  expect((await service.org.control('GET', 'faults')).body).toMatchObject([{ fired: 1 }]);
});

test('an assertion signed by another key under the same name is refused', async () => {
  const service = await startServiceOrg();
  const { status, body } = await askForToken({ ...service, keys: await createKeys() });
  expect([status, body.error_description]).toEqual([401, 'The client_assertion signature is invalid.']);
});

test('an assertion without key id is right while its client has one key, and wrong with two', async () => {
  const service = await startServiceOrg();
  const nameless = async () =>
    (await askForToken(service, { client_assertion: await assertionOf(service, {}, { kid: undefined }) }))
      .status;
  expect(await nameless()).toBe(200);
  const keys = [service.keys.publicJwk, (await createKeys('key-2')).publicJwk];
  const app = { clientId: CLIENT_ID, jwks: { keys }, scopes: ['okta.users.manage'] };
  await service.org.control('POST', 'service-apps', app);
  expect(await nameless()).toBe(401);
});

test('an assertion is good for once', async () => {
  const service = await startServiceOrg();
  const form = { client_assertion: await assertionOf(service) };
  expect((await askForToken(service, form)).status).toBe(200);
  expect((await askForToken(service, form)).body.error).toBe('invalid_client');
});

test.each([
  [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
  [{ client_assertion_type: 'nonsense' }, 401, 'invalid_client'],
  [{ client_assertion: 'nonsense' }, 401, 'invalid_client'],
  [{ scope: '' }, 400, 'invalid_scope'],
  [{ scope: 'okta.users.manage okta.apps.manage' }, 400, 'invalid_scope'],
])('a request with %j is refused', async (form, status, error) => {
  const reply = await askForToken(await startServiceOrg(), form as Record<string, string>);
  expect([reply.status, reply.body.error]).toEqual([status, error]);
});

test('a token opens only what its scopes name, and who lacks one is told which', async () => {
  const service = await startServiceOrg({ scopes: ['okta.users.read', 'okta.logs.read'] });
  const { body } = await askForToken(service, { scope: 'okta.users.read okta.logs.read' });
  const headers = bearer(body.access_token);
  const ask = (method: string, path: string) => service.org.call(method, path, undefined, headers);
  expect((await ask('GET', '/users')).status).toBe(200);
  expect((await ask('GET', '/logs')).status).toBe(200);
  expect((await ask('GET', '/groups')).status).toBe(403);
  const refused = await ask('POST', '/users');
  expect(refused).toMatchObject({ status: 403, body: { errorCode: 'E0000006' } });
  const challenge = refused.headers.get('www-authenticate');
  expect(challenge).toContain('Bearer scope="okta.users.manage"');
  expect(challenge).toContain('error="insufficient_scope"');
});

test('a token that expired, or never was, is invalid', async () => {
  stopClock();
  const service = await startServiceOrg({}, { tokenLifeMs: 300 });
  const { body } = await askForToken(service);
  const ask = (token: string) => service.org.call('GET', '/users', undefined, bearer(token));
  pass(299);
  expect((await ask(body.access_token)).status).toBe(200);
  pass(1);
  expect((await ask(body.access_token)).status).toBe(401);
  const refused = await ask('nonsense');
  expect(refused).toMatchObject({ status: 401, body: { errorCode: 'E0000011' } });
  expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
});

test('the key of a service app can be taken away; tokens that it has stay good', async () => {
  const service = await startServiceOrg();
  const { body } = await askForToken(service);
  const app = { clientId: CLIENT_ID, jwks: { keys: [] }, scopes: ['okta.users.manage'] };
  await service.org.control('POST', 'service-apps', app);
  expect((await askForToken(service)).status).toBe(401);
  const { status } = await service.org.call('GET', '/users', undefined, bearer(body.access_token));
  expect(status).toBe(200);
});

test('the log names the service app, by its grant and by what it does', async () => {
  const service = await startServiceOrg();
  const { body } = await askForToken(service);
  await service.org.call(
    'POST',
    '/users?activate=false',
    person('ada@example.com'),
    bearer(body.access_token),
  );
  const logs = await service.org.call<{ eventType: string; actor: object; client: object }[]>('GET', '/logs');
  expect(logs.body).toMatchObject([
    { eventType: 'app.oauth2.token.grant.access_token', actor: { id: CLIENT_ID } },
    { eventType: 'user.lifecycle.create', actor: { id: CLIENT_ID }, client: { id: CLIENT_ID } },
  ]);
});

test('tokens are asked for in a bucket of their own, which can be empty', async () => {
  const service = await startServiceOrg({}, { perMinute: { token: 1 } });
  expect((await askForToken(service)).headers.get('x-rate-limit-remaining')).toBe('0');
  const throttled = await askForToken(service);
  expect([throttled.status, (throttled.body as unknown as ErrorBody).errorCode]).toEqual([429, 'E0000047']);
});

test('a service app that is not one is named with all its faults', async () => {
  const org = await startOrg();
  const keys = [{ kty: 'EC', d: 'private' }];
  const faulty = { clientId: '', jwks: { keys }, scopes: 'okta.users.manage', dpop: 'yes', colour: 'red' };
  const { status, body } = await org.control<{ faults: string[] }>('POST', 'service-apps', faulty);
  expect(status).toBe(400);
  expect(body.faults.map((fault) => fault.split(':')[0])).toEqual([
    'colour',
    'clientId',
    'jwks',
    'scopes',
    'dpop',
  ]);
});
