import { stopAll } from '../simulator/support.ts';
import { ada, allOf, judged, profileOf, refusalOf, sorted, startOrg } from './support.ts';

afterEach(stopAll);

judged('a user created with a password is active, one without is sent his activation', async (connect) => {
  const org = await startOrg();
  const client = connect(org);
  const user = await client.userApi.createUser({
    body: { profile: ada, credentials: { password: { value: 'PasswordAbc123' } } },
  });
  expect(user).toMatchObject({ status: 'ACTIVE', profile: ada });
  expect(user.created).toBeInstanceOf(Date);
  const other = await client.userApi.createUser({ body: { profile: profileOf('charles@example.com') } });
  expect(other.status).toBe('PROVISIONED');
  expect((await org.control('GET', 'outbox')).body).toMatchObject([{ userId: other.id, delivered: true }]);
});

judged('a user is created staged and in groups', async (connect) => {
  const client = connect(await startOrg());
  const group = await client.groupApi.createGroup({ group: { profile: { name: 'portal-1' } } });
  const user = await client.userApi.createUser({
    body: { profile: ada, groupIds: [group.id ?? ''] },
    activate: false,
  });
  expect(user.status).toBe('STAGED');
  const groups = await allOf(client.userApi.listUserGroups({ userId: user.id ?? '' }));
  expect(sorted(groups.map(({ profile }) => profile?.name))).toEqual(['Everyone', 'portal-1']);
});

const HASHES = {
  BCRYPT: { workFactor: 10, salt: 'rwh3vH166HCH/NT9XV5FYu', value: 'qaMqvAPULkbiQzkTCWo5XDcvzpk8Tna' },
  'SHA-512': { salt: 'c2FsdA==', saltOrder: 'PREFIX', value: 'aGFzaA==' },
} as const;

for (const algorithm of ['BCRYPT', 'SHA-512'] as const) {
  judged(`a password is imported as a hash of ${algorithm}`, async (connect) => {
    const client = connect(await startOrg());
    const user = await client.userApi.createUser({
      body: { profile: ada, credentials: { password: { hash: { algorithm, ...HASHES[algorithm] } } } },
      activate: false,
    });
    expect(user.credentials?.provider).toMatchObject({ type: 'IMPORT', name: 'IMPORT' });
  });
}

judged('a user of another provider is active without a password', async (connect) => {
  const client = connect(await startOrg());
  const user = await client.userApi.createUser({
    body: { profile: ada, credentials: { provider: { type: 'FEDERATION', name: 'FEDERATION' } } },
    provider: true,
    activate: true,
  });
  expect(user).toMatchObject({
    status: 'ACTIVE',
    credentials: { provider: { type: 'FEDERATION', name: 'FEDERATION' } },
  });
});

judged('a user is got by id, login and short login', async (connect) => {
  const client = connect(await startOrg());
  const { id = '' } = await client.userApi.createUser({ body: { profile: ada } });
  for (const userId of [id, 'ada@example.com', 'ada']) {
    expect(await client.userApi.getUser({ userId })).toMatchObject({ id, profile: ada });
  }
});

judged('a list without credentials and links is a list of people all the same', async (connect) => {
  const client = connect(await startOrg());
  await client.userApi.createUser({ body: { profile: ada } });
  const contentType = 'application/json; okta-response="omitCredentials,omitCredentialsLinks"';
  const [user] = await allOf(client.userApi.listUsers({ contentType }));
  expect(user).toMatchObject({ status: 'PROVISIONED', profile: ada });
  expect(user?.credentials).toBeUndefined();
});

judged('a user read, changed and written back is changed in what was changed', async (connect) => {
  const client = connect(await startOrg());
  const created = await client.userApi.createUser({ body: { profile: { ...ada, title: 'Countess' } } });
  const user = await client.userApi.getUser({ userId: created.id ?? '' });
  await client.userApi.updateUser({ userId: user.id ?? '', user: { profile: { nickName: 'rob' } } });
  const updated = await client.userApi.getUser({ userId: user.id ?? '' });
  expect(updated.profile).toMatchObject({ ...ada, title: 'Countess', nickName: 'rob' });
});

judged('a user replaced loses what was left out', async (connect) => {
  const client = connect(await startOrg());
  const { id: userId = '' } = await client.userApi.createUser({
    body: { profile: { ...ada, title: 'Countess' } },
  });
  const replaced = await client.userApi.replaceUser({ userId, user: { profile: ada } });
  expect(replaced.profile).toMatchObject(ada);
  expect(replaced.profile?.title).toBeUndefined();
});

judged('an update on condition of a stale ETag is refused', async (connect) => {
  const org = await startOrg();
  const client = connect(org);
  const { id: userId = '' } = await client.userApi.createUser({ body: { profile: ada } });
  const ifMatch = (await org.call('GET', `/users/${userId}`)).headers.get('etag') ?? '';
  const user = { profile: { title: 'Countess' } };
  await client.userApi.updateUser({ userId, user, ifMatch });
  const refusal = await refusalOf(client.userApi.updateUser({ userId, user, ifMatch }));
  expect(refusal.status).toBe(412);
});

judged('users are deleted in two steps, after which they are gone', async (connect) => {
  const client = connect(await startOrg());
  const { id: userId = '' } = await client.userApi.createUser({ body: { profile: ada } });
  await client.userApi.deactivateUser({ userId });
  expect(await client.userApi.getUser({ userId })).toMatchObject({ status: 'DEPROVISIONED' });
  await client.userApi.deleteUser({ userId });
  expect(await refusalOf(client.userApi.getUser({ userId }))).toMatchObject({
    status: 404,
    errorCode: 'E0000007',
    errorSummary: `Not found: Resource not found: ${userId} (User)`,
  });
});

judged('deleting an active user only deactivates', async (connect) => {
  const client = connect(await startOrg());
  const { id: userId = '' } = await client.userApi.createUser({ body: { profile: ada } });
  await client.userApi.deleteUser({ userId, sendEmail: false, prefer: 'respond-async' });
  expect(await client.userApi.getUser({ userId })).toMatchObject({ status: 'DEPROVISIONED' });
});

judged('a user lives through all moves of the lifecycle', async (connect) => {
  const client = connect(await startOrg());
  const { id: userId = '' } = await client.userApi.createUser({
    body: { profile: ada, credentials: { password: { value: 'PasswordAbc123' } } },
    activate: false,
  });
  const status = async () => (await client.userApi.getUser({ userId })).status;
  await client.userApi.activateUser({ userId, sendEmail: false });
  expect(await status()).toBe('ACTIVE');
  await client.userApi.suspendUser({ userId });
  expect(await status()).toBe('SUSPENDED');
  await client.userApi.unsuspendUser({ userId });
  expect(await status()).toBe('ACTIVE');
  expect(await refusalOf(client.userApi.unlockUser({ userId }))).toMatchObject({ errorCode: 'E0000032' });
  await client.userApi.deactivateUser({ userId, sendEmail: false });
  expect(await status()).toBe('DEPROVISIONED');
});

judged('activation without a mail answers the token, and again reactivation', async (connect) => {
  const org = await startOrg();
  const client = connect(org);
  const { id: userId = '' } = await client.userApi.createUser({ body: { profile: ada }, activate: false });
  const first = await client.userApi.activateUser({ userId, sendEmail: false });
  expect(first.activationUrl).toBe(`${org.url}/tokens/${first.activationToken}/verify`);
  const second = await client.userApi.reactivateUser({ userId, sendEmail: false });
  expect(second.activationToken).not.toBe(first.activationToken);
  const reset = await client.userApi.generateResetPasswordToken({ userId, sendEmail: false });
  expect(reset.resetPasswordUrl).toContain(org.url);
});

judged('a list of all users is read page by page', async (connect) => {
  const client = connect(await startOrg());
  const logins = Array.from({ length: 5 }, (_, i) => `user-${i}@example.com`);
  for (const login of logins) {
    await client.userApi.createUser({ body: { profile: profileOf(login) }, activate: false });
  }
  const seen: string[] = [];
  for await (const user of await client.userApi.listUsers({ limit: 2 }))
    seen.push(user?.profile?.login ?? '');
  expect(sorted(seen)).toEqual(logins);
});

judged('users are found by q, search and filter', async (connect) => {
  const client = connect(await startOrg());
  const since = new Date(Date.now() - 60_000).toISOString();
  await client.userApi.createUser({ body: { profile: { ...ada, nickName: 'abc 1234' } } });
  await client.userApi.createUser({
    body: { profile: { ...profileOf('bob@example.com'), firstName: 'Bob' } },
  });
  const find = async (how: Parameters<typeof client.userApi.listUsers>[0]) =>
    (await allOf(client.userApi.listUsers(how))).map(({ profile }) => profile?.firstName);
  expect(await find({ q: 'Bob' })).toEqual(['Bob']);
  expect(await find({ search: 'profile.nickName eq "abc 1234"' })).toEqual(['Ada']);
  expect(await find({ filter: `lastUpdated gt "${since}"` })).toHaveLength(2);
  expect(
    await find({ search: 'status eq "PROVISIONED"', sortBy: 'profile.firstName', sortOrder: 'desc' }),
  ).toEqual(['Bob', 'Ada']);
});

judged('an attribute of its own is taken once it is in the schema', async (connect) => {
  const client = connect(await startOrg());
  const body = { profile: { ...ada, portalKey: 'portal-1' } };
  expect(await refusalOf(client.userApi.createUser({ body }))).toMatchObject({
    errorCode: 'E0000001',
    errorCauses: [{ errorSummary: expect.stringContaining("'portalKey' is not defined in profile") }],
  });
  const schema = await client.schemaApi.updateUserProfile({
    schemaId: 'default',
    userSchema: {
      definitions: {
        custom: {
          id: '#custom',
          type: 'object',
          properties: { portalKey: { title: 'Portal', type: 'string' } },
        },
      },
    },
  });
  expect(schema.definitions?.custom?.properties).toHaveProperty('portalKey');
  expect((await client.userApi.createUser({ body })).profile?.portalKey).toBe('portal-1');
  const read = await client.schemaApi.getUserSchema({ schemaId: 'default' });
  expect(Object.keys(read.definitions?.base?.properties ?? {})).toContain('costCenter');
});

judged('what the client keeps in its cache is forgotten with the next change', async (connect) => {
  const org = await startOrg();
  const client = connect(org, { cacheMiddleware: undefined });
  const { id: userId = '' } = await client.userApi.createUser({ body: { profile: ada }, activate: false });
  await client.userApi.getUser({ userId });
  const calls = async () =>
    (await org.control<{ calls: { total: number } }>('GET', 'counters')).body.calls.total;
  const before = await calls();
  await client.userApi.getUser({ userId });
  expect(await calls()).toBe(before);
  await client.userApi.updateUser({ userId, user: { profile: { title: 'Countess' } } });
  expect((await client.userApi.getUser({ userId })).profile?.title).toBe('Countess');
});
