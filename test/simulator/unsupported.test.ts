import { controlOf } from '../support/simulator.ts';
import { create, startOrg, stopAll } from './support.ts';

afterEach(stopAll);

test('a parameter without effect is ignored and counted', async () => {
  const org = await startOrg({}, { isAstray: true });
  const { id } = await create(org, 'ada@example.com');
  await org.call('GET', '/users?limit=5&fields=id&expand=blocks');
  await org.call('GET', '/users?fields=id');
  await org.call('POST', `/users/${id}/lifecycle/activate?sendEmail=false&now=true`);
  await org.call('GET', `/users/${id}`);
  expect(await controlOf(org.url).unsupported()).toEqual({
    total: 4,
    parameters: {
      'GET /api/v1/users?fields': 2,
      'GET /api/v1/users?expand': 1,
      'POST /api/v1/users/{id}/lifecycle/activate?now': 1,
    },
    paths: {},
  });
});

test('what is understood, but has no effect here, is counted too', async () => {
  const org = await startOrg({}, { isAstray: true });
  const { id } = await create(org, 'ada@example.com');
  const { realmId } = (await org.call<{ realmId: string }>('GET', `/users/${id}`)).body;
  await org.call('POST', `/users/${id}`, { profile: { city: 'Bonn' }, realmId });
  await org.call('POST', `/users/${id}`, { profile: { city: 'Bonn' }, realmId: 'guoAnother' });
  await create(org, 'bob@example.com', false, { realmId: 'guoAnother' });
  await org.call('GET', `/apps?expand=user/${id}`);
  await org.call('GET', `/users?search=${encodeURIComponent('status eq "STAGED"')}&sortOrder=desc`);
  expect((await controlOf(org.url).unsupported()).parameters).toEqual({
    'POST /api/v1/users/{id}#realmId': 1,
    'POST /api/v1/users#realmId': 1,
    'GET /api/v1/apps?expand': 1,
    'GET /api/v1/users?sortOrder': 1,
  });
});

test('everything that a call makes use of is supported', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const search = encodeURIComponent('profile.login sw "a"');
  for (const path of [
    `/users?search=${search}&sortBy=id&sortOrder=asc&limit=2`,
    '/users?q=a&limit=2',
    '/groups?q=a&limit=2',
  ]) {
    expect((await org.call('GET', path)).status).toBe(200);
  }
  const created = await org.call('POST', '/users?activate=true&provider=false&nextLogin=changePassword', {
    profile: { login: 'b@b.de', email: 'b@b.de', firstName: 'B', lastName: 'B' },
    credentials: { password: { value: 'PasswordAbc123' } },
  });
  expect(created.status).toBe(200);
  for (const move of ['activate?sendEmail=true', 'reactivate?sendEmail=true', 'deactivate?sendEmail=true']) {
    expect((await org.call('POST', `/users/${id}/lifecycle/${move}`)).status).toBe(200);
  }
  await org.call('DELETE', `/users/${id}?sendEmail=true`);
  expect(await controlOf(org.url).unsupported()).toEqual({ total: 0, parameters: {}, paths: {} });
});

test.each([
  ['GET /', '600'],
  // Okta, rate limits: the keys have none.
  ['GET /oauth2/v1/keys', null],
  ['POST /oauth2/default/v1/token', '600'],
  ['GET /api', '600'],
])('%s is not there, and says so as the API does, to anybody', async (call, limit) => {
  const org = await startOrg({}, { isAstray: true });
  const [method = '', path] = call.split(' ');
  const response = await fetch(`${org.url}${path}`, { method });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ errorCode: 'E0000008' });
  expect(response.headers.get('x-okta-request-id')).toMatch(/^req/);
  expect(response.headers.get('x-rate-limit-limit')).toBe(limit);
  expect(await controlOf(org.url).unsupported()).toMatchObject({ total: 1, paths: { [call]: 1 } });
});

test('what the control surface does not have is not taken for the API', async () => {
  const org = await startOrg();
  expect(await org.control('GET', 'nothing')).toMatchObject({
    status: 404,
    body: { faults: ['GET /__simulator/nothing: no such thing'] },
  });
});

test('a path or a method that is not there is counted, whoever it is about', async () => {
  const org = await startOrg({}, { isAstray: true });
  const { id } = await create(org, 'ada@example.com');
  await org.call('GET', `/users/${id}/factors`);
  await org.call('PATCH', `/users/${id}`);
  expect(await controlOf(org.url).unsupported()).toEqual({
    total: 2,
    parameters: {},
    paths: { 'GET /api/v1/users/{id}/factors': 1, 'PATCH /api/v1/users/{id}': 1 },
  });
});
