import { pass, startClock, stopClock } from './clock.ts';
import { create, startOrg, stopAll, type UserBody } from './support.ts';

afterEach(async () => {
  await stopAll();
  startClock();
});

test('activation sends a mail and answers nothing', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const reply = await org.call('POST', `/users/${id}/lifecycle/activate`);
  expect(reply).toMatchObject({ status: 200, body: {} });
  expect((await org.control<unknown[]>('GET', 'outbox')).body).toHaveLength(1);
  const { body } = await org.call<UserBody>('GET', `/users/${id}`);
  expect(body.status).toBe('PROVISIONED');
  expect(body.activated).not.toBeNull();
  expect(body._links).toHaveProperty('reactivate');
});

test('activation without a mail answers the token', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const { body } = await org.call<Record<string, string>>(
    'POST',
    `/users/${id}/lifecycle/activate?sendEmail=false`,
  );
  expect(body.activationUrl).toContain(body.activationToken);
  expect((await org.control<unknown[]>('GET', 'outbox')).body).toEqual([]);
});

test('a staged user with a password is activated to ACTIVE', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com', false, {
    credentials: { password: { value: 'Geheim1' } },
  });
  await org.call('POST', `/users/${id}/lifecycle/activate`);
  expect((await org.call<UserBody>('GET', `/users/${id}`)).body.status).toBe('ACTIVE');
});

test('activating twice fails: the user is already active', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  await org.call('POST', `/users/${id}/lifecycle/activate`);
  const again = await org.call('POST', `/users/${id}/lifecycle/activate`);
  expect(again).toMatchObject({ status: 403, body: { errorCode: 'E0000016' } });
});

test('what activating a PROVISIONED user is answered can be chosen', async () => {
  const org = await startOrg({ activatingProvisioned: 'E0000038' });
  const { id } = await create(org, 'ada@example.com', true);
  const again = await org.call('POST', `/users/${id}/lifecycle/activate`);
  expect(again).toMatchObject({ status: 403, body: { errorCode: 'E0000038' } });
});

test('reactivation gives a new token to who is PROVISIONED and to nobody else', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const early = await org.call('POST', `/users/${id}/lifecycle/reactivate`);
  expect(early).toMatchObject({ status: 403, body: { errorCode: 'E0000038' } });
  await org.call('POST', `/users/${id}/lifecycle/activate?sendEmail=false`);
  const reply = await org.call('POST', `/users/${id}/lifecycle/reactivate`);
  expect(reply.body).toHaveProperty('activationToken');
});

test('a second deactivation finds nobody, and activation brings the user back', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com', true);
  expect(await org.call('POST', `/users/${id}/lifecycle/deactivate`)).toMatchObject({
    status: 200,
    body: {},
  });
  const again = await org.call('POST', `/users/${id}/lifecycle/deactivate`);
  expect(again).toMatchObject({ status: 404, body: { errorCode: 'E0000007' } });
  expect((await org.call('POST', `/users/${id}/lifecycle/activate`)).status).toBe(200);
});

// Okta, Users API: the status machine and its refusals.
test('only who is ACTIVE is suspended, and unsuspended again', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com', true, {
    credentials: { password: { value: 'Geheim123' } },
  });
  const move = (name: string) => org.call('POST', `/users/${id}/lifecycle/${name}`);
  expect((await move('unsuspend')).status).toBe(400);
  expect(await move('suspend')).toMatchObject({ status: 200, body: {} });
  const { body } = await org.call<UserBody>('GET', `/users/${id}`);
  expect(body.status).toBe('SUSPENDED');
  expect(body._links).toHaveProperty('unsuspend');
  expect(await move('suspend')).toMatchObject({
    status: 400,
    body: {
      errorCode: 'E0000001',
      errorCauses: [{ errorSummary: 'Cannot suspend a user that is not active' }],
    },
  });
  expect(await move('unsuspend')).toMatchObject({ status: 200, body: {} });
  expect((await org.call<UserBody>('GET', `/users/${id}`)).body.status).toBe('ACTIVE');
});

// Recorded in the tests of Okta's Python SDK and Terraform provider.
test('who is not locked out is not unlocked', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  expect(await org.call('POST', `/users/${id}/lifecycle/unlock`)).toMatchObject({
    status: 403,
    body: { errorCode: 'E0000032', errorCauses: [{ errorSummary: 'The user is not locked out.' }] },
  });
});

test('a password is reset to RECOVERY, by mail or by a link, and from there reactivated', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com', true, {
    credentials: { password: { value: 'Geheim123' } },
  });
  const reset = (query: string) => org.call('POST', `/users/${id}/lifecycle/reset_password${query}`);
  expect((await reset('')).body.errorCode).toBe('E0000028');
  expect((await reset('?sendEmail=false')).body).toHaveProperty('resetPasswordUrl');
  expect((await reset('?sendEmail=true')).body).toEqual({});
  expect((await org.control<object[]>('GET', 'outbox')).body).toMatchObject([{ type: 'password-reset' }]);
  expect((await org.call<UserBody>('GET', `/users/${id}`)).body.status).toBe('RECOVERY');
  expect((await org.call('POST', `/users/${id}/lifecycle/reactivate`)).status).toBe(200);
  const staged = await create(org, 'bob@example.com');
  const refused = await org.call('POST', `/users/${staged.id}/lifecycle/reset_password?sendEmail=false`);
  expect(refused.status).toBe(403);
});

// Okta, Users API: Prefer: respond-async.
test('a deactivation that nobody waits for shows where it leads until it is done', async () => {
  stopClock();
  const org = await startOrg({ transitionMs: 300 });
  const { id } = await create(org, 'ada@example.com');
  const headers = { prefer: 'respond-async' };
  const reply = await org.call('POST', `/users/${id}/lifecycle/deactivate`, undefined, headers);
  expect(reply).toMatchObject({ status: 200, body: {} });
  const read = async () => (await org.call<UserBody>('GET', `/users/${id}`)).body;
  pass(299);
  expect(await read()).toMatchObject({ status: 'STAGED', transitioningToStatus: 'DEPROVISIONED' });
  pass(1);
  expect(await read()).toMatchObject({ status: 'DEPROVISIONED' });
  expect(await read()).not.toHaveProperty('transitioningToStatus');
  expect((await org.call('DELETE', `/users/${id}`, undefined, headers)).status).toBe(204);
  pass(300);
  expect((await org.call('GET', `/users/${id}`)).status).toBe(404);
});

test('a deactivation that is waited for is done when it is answered', async () => {
  const org = await startOrg({ transitionMs: 60_000 });
  const { id } = await create(org, 'ada@example.com');
  await org.call('POST', `/users/${id}/lifecycle/deactivate`);
  expect((await org.call<UserBody>('GET', `/users/${id}`)).body.status).toBe('DEPROVISIONED');
});

// Okta, error codes: E0000112; an answer never carried transitioningToStatus, as recorded.
test('who is still being activated cannot be updated yet', async () => {
  stopClock();
  const org = await startOrg({ transitionMs: 500 });
  const user = await create(org, 'ada@example.com', true);
  expect(user).toMatchObject({ status: 'PROVISIONED' });
  expect(user).not.toHaveProperty('transitioningToStatus');
  const update = () => org.call('POST', `/users/${user.id}`, { profile: { city: 'Bonn' } });
  pass(499);
  expect(await update()).toMatchObject({ status: 409, body: { errorCode: 'E0000112' } });
  pass(1);
  expect((await update()).status).toBe(200);
});

test('more mails than a recipient may get in a minute are dropped, those to others are not', async () => {
  const org = await startOrg({ mailsPerMinute: 2 });
  const { id } = await create(org, 'ada@example.com', true);
  for (let i = 0; i < 2; i += 1) await org.call('POST', `/users/${id}/lifecycle/reactivate?sendEmail=true`);
  await create(org, 'bob@example.com', true);
  const outbox = await org.control<{ delivered: boolean }[]>('GET', 'outbox');
  expect(outbox.body.map(({ delivered }) => delivered)).toEqual([true, true, false, true]);
});

test('the mail about a deactivation goes to the administrators when it is asked for', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  await org.call('POST', `/users/${id}/lifecycle/deactivate?sendEmail=true`);
  expect((await org.control<object[]>('GET', 'outbox')).body).toMatchObject([{ type: 'deactivation' }]);
});
