import { create, startOrg, stopAll, type UserBody } from './support.ts';

afterEach(stopAll);

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
