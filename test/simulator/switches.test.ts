import { controlOf } from '../support/simulator.ts';
import { create, person, startOrg, stopAll } from './support.ts';

afterEach(stopAll);

test('a revoked token is answered 401 and counted until it is good again', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const control = controlOf(org.url);
  await control.revokeToken(true);
  for (const [method, path] of [
    ['GET', `/users/${id}`],
    ['POST', '/users'],
    ['DELETE', `/users/${id}`],
  ] as const) {
    const reply = await org.call(method, path, method === 'POST' ? person('bob@example.com') : undefined);
    expect(reply).toMatchObject({ status: 401, body: { errorCode: 'E0000011' } });
    expect(reply.headers.has('x-rate-limit-limit')).toBe(true);
  }
  expect(await control.statuses()).toEqual({ 200: 1, 401: 3 });
  await control.revokeToken(false);
  expect((await org.call('GET', `/users/${id}`)).body).toMatchObject({ status: 'STAGED' });
});

// Okta, error codes: E0000005 is an invalid session, also that of a call without a token.
test('a call without a token has no session, whether the token is revoked or not', async () => {
  const org = await startOrg();
  for (const revoked of [false, true]) {
    await controlOf(org.url).revokeToken(revoked);
    const response = await fetch(`${org.url}/api/v1/users`);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      errorCode: 'E0000005',
      errorSummary: 'Invalid session',
      errorCauses: [],
    });
  }
});

test('in maintenance everything can be read and nothing changed', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const control = controlOf(org.url);
  await control.setReadOnly(true);
  for (const [method, path] of [
    ['POST', '/users'],
    ['PUT', `/users/${id}`],
    ['DELETE', `/users/${id}`],
    ['POST', `/users/${id}/lifecycle/activate`],
  ] as const) {
    expect(await org.call(method, path, person('bob@example.com'))).toMatchObject({
      status: 503,
      body: { errorCode: 'E0000010', errorSummary: 'Service is in read only mode' },
    });
  }
  expect((await org.call('GET', `/users/${id}`)).body).toMatchObject({ status: 'STAGED' });
  await control.setReadOnly(false);
  expect((await org.call('DELETE', `/users/${id}`)).status).toBe(204);
});

test('a call refused by token or maintenance uses up no fault', async () => {
  const org = await startOrg();
  const control = controlOf(org.url);
  const ordered = await control.failCreations(1, { kind: 'status', status: 500 });
  await control.revokeToken(true);
  await org.call('POST', '/users', person('ada@example.com'));
  await control.revokeToken(false);
  await control.setReadOnly(true);
  await org.call('POST', '/users', person('ada@example.com'));
  expect(await ordered.fired()).toBe(0);
});

test('a reset makes the token good again', async () => {
  const org = await startOrg();
  await controlOf(org.url).revokeToken(true);
  await org.control('POST', 'reset');
  expect((await org.call('GET', '/users')).status).toBe(200);
});

test.each([[{}], [{ revoked: 'yes' }], [{ revoked: true, readOnly: true }], [[]]])(
  'a switch is not turned by %j',
  async (body) => {
    const org = await startOrg();
    const reply = await org.control('POST', 'token', body);
    expect(reply).toMatchObject({
      status: 400,
      body: { faults: ['body: wanted {"revoked": true} or {"revoked": false}'] },
    });
  },
);
