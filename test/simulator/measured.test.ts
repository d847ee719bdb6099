import {
  create,
  createGroup,
  type ErrorBody,
  type GroupBody,
  person,
  startOrg,
  stopAll,
  type UserBody,
} from './support.ts';

afterEach(stopAll);

// Measured in the recordings of Okta's Python SDK: of 281 first answers of a window Reset was 60 s after the Date in
// 225, 59 s in 51 and 58 s in 5.
test('the first answer of a window has Remaining one below Limit and a Reset 58 to 60 s after its Date', async () => {
  const org = await startOrg();
  for (const path of ['/users', '/groups', '/users/nobody', '/groups/nothing']) {
    const { headers } = await org.call('GET', path);
    const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
      Number(headers.get(`x-rate-limit-${name}`)),
    );
    expect(remaining).toBe((limit ?? 0) - 1);
    const afterS = (reset ?? 0) - Date.parse(headers.get('date') ?? '') / 1000;
    expect([58, 59, 60]).toContain(afterS);
  }
});

// Recorded in Okta's Python SDK, test_comprehensive_user_lifecycle: 35, 34, 33 ... 24 on one Reset, while GET of one
// user counted 49, 48 on its own.
test('creation, listing, lifecycle and groups of a user count down on one Reset, getting a user on its own', async () => {
  const org = await startOrg();
  const created = await org.call<UserBody>('POST', '/users?activate=false', person('ada@example.com'));
  const path = `/users/${created.body.id}`;
  const replies = [
    created,
    await org.call('POST', `${path}/lifecycle/activate`),
    await org.call('GET', '/users'),
    await org.call('GET', `${path}/groups`),
    await org.call('POST', `${path}/lifecycle/deactivate`),
  ];
  const remaining = replies.map(({ headers }) => headers.get('x-rate-limit-remaining'));
  expect(remaining).toEqual(['599', '598', '597', '596', '595']);
  expect(new Set(replies.map(({ headers }) => headers.get('x-rate-limit-reset'))).size).toBe(1);
  const got = [await org.call('GET', path), await org.call('GET', path)];
  expect(got.map(({ headers }) => headers.get('x-rate-limit-remaining'))).toEqual(['999', '998']);
});

// Recorded in Okta's Python SDK, test_comprehensive_coverage_push: it counts down on 404s.
test('404 and 400 count', async () => {
  const org = await startOrg();
  const replies = [
    await org.call('POST', '/users', '{'),
    await org.call('POST', '/users/nobody/lifecycle/activate'),
    await org.call('GET', '/users'),
  ];
  expect(replies.map(({ status }) => status)).toEqual([400, 404, 200]);
  expect(replies.map(({ headers }) => headers.get('x-rate-limit-remaining'))).toEqual(['599', '598', '597']);
});

// Recorded in Okta's Python SDK: rejected calls keep Remaining 0 and do not move Reset.
test('the call that brings Remaining to 0 succeeds, all after it are refused on the same Reset', async () => {
  const org = await startOrg({ usersPerMinute: 2 });
  const replies = [];
  for (let i = 0; i < 4; i += 1) replies.push(await org.call('GET', '/users'));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
  expect(replies.map(({ headers }) => headers.get('x-rate-limit-remaining'))).toEqual(['1', '0', '0', '0']);
  expect(new Set(replies.map(({ headers }) => headers.get('x-rate-limit-reset'))).size).toBe(1);
});

// Recorded in Okta's Python SDK: the body of a 429; none of 2,304 answers has Retry-After.
test('a 429 has the recorded body, and no answer tells when to come again but by its Reset', async () => {
  const org = await startOrg({ usersPerMinute: 1 });
  const replies = [
    await org.call('GET', '/users'),
    await org.call('GET', '/users'),
    await org.call('GET', '/groups/none'),
  ];
  expect(replies.map(({ status }) => status)).toEqual([200, 429, 404]);
  expect(replies[1]?.body).toEqual({
    errorCode: 'E0000047',
    errorSummary: 'API call exceeded rate limit due to too many requests.',
    errorLink: 'E0000047',
    errorId: expect.stringMatching(/^oae/),
    errorCauses: [],
  });
  expect(replies.map(({ headers }) => headers.get('retry-after'))).toEqual([null, null, null]);
});

// Recorded in the tests of Okta's Python SDK: a token with half of a bucket saw 50 of 100, 300 of 600, 10 of 20, 250 of 500.
test.each([
  ['integrator', '/users', '50'],
  ['enterprise', '/users', '300'],
  ['integrator', '/apps', '10'],
  ['workforce', '/groups', '250'],
] as const)('half of the %s limit of %s is %s', async (edition, path, limit) => {
  const org = await startOrg({ edition, tokenSharePercent: 50 });
  const { headers } = await org.call('GET', path);
  expect(headers.get('x-rate-limit-limit')).toBe(limit);
});

// Recorded in the tests of Okta's Python SDK and Terraform provider: weak, 64 hex digits, shared by
// users with equal profiles, unmoved by status and password.
test('an ETag is about the profile alone', async () => {
  const org = await startOrg();
  const etagOf = async (id: string) => (await org.call('GET', `/users/${id}`)).headers.get('etag');
  const { id } = await create(org, 'ada@example.com');
  const etag = await etagOf(id);
  expect(etag).toMatch(/^W\/"[0-9a-f]{64}"$/);
  await org.call('POST', `/users/${id}`, { credentials: { password: { value: 'Geheim123' } } });
  await org.call('POST', `/users/${id}/lifecycle/activate`);
  expect(await etagOf(id)).toBe(etag);
  for (let i = 0; i < 2; i += 1) await org.call('DELETE', `/users/${id}`);
  expect(await etagOf((await create(org, 'ada@example.com')).id)).toBe(etag);
});

// Recorded in the tests of Okta's Python SDK: all lifecycle calls.
test('a POST without a body may say that it is JSON', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const headers = { 'content-type': 'application/json' };
  const reply = await org.call('POST', `/users/${id}/lifecycle/activate`, undefined, headers);
  expect(reply).toMatchObject({ status: 200, body: {} });
});

// Recorded in the tests of Okta's Python SDK and Terraform provider.
test('a group with members is deleted; a description left out is null, an empty one stays', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  await create(org, 'ada@example.com', false, { groupIds: [group.id] });
  expect((await org.call('DELETE', `/groups/${group.id}`)).status).toBe(204);
  const described = await org.call<GroupBody>('POST', '/groups', {
    profile: { name: 'portal-2', description: '' },
  });
  expect(described.body.profile.description).toBe('');
  expect(group.profile.description).toBeNull();
});

test('no two errors have the same id, and no two answers the same request id', async () => {
  const org = await startOrg();
  const replies = [];
  for (let i = 0; i < 20; i += 1) replies.push(await org.call<ErrorBody>('GET', '/users/nobody'));
  expect(new Set(replies.map(({ body }) => body.errorId)).size).toBe(20);
  expect(new Set(replies.map(({ headers }) => headers.get('x-okta-request-id'))).size).toBe(20);
});
