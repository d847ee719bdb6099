import { create, createGroup, person, startOrg, stopAll, TOKEN, type UserBody } from './support.ts';

afterEach(stopAll);

const BCRYPT = {
  algorithm: 'BCRYPT',
  workFactor: 10,
  salt: 'rwh3vH166HCH/NT9XV5FYu',
  value: 'qaMqvAPULkbiQzkTCWo5XDcvzpk8Tna',
};

test('a user created without activation is STAGED and can only be activated', async () => {
  const org = await startOrg();
  const user = await create(org, 'ada@example.com');
  expect(user.id).toMatch(/^00u[0-9A-Za-z]{17}$/);
  expect(user).toMatchObject({
    status: 'STAGED',
    activated: null,
    statusChanged: null,
    passwordChanged: null,
  });
  expect(user.profile).toEqual({
    mobilePhone: null,
    secondEmail: null,
    login: 'ada@example.com',
    email: 'ada@example.com',
    firstName: 'Ada',
    lastName: 'Byron',
  });
  expect(Object.keys(user._links).sort()).toEqual(['activate', 'resetFactors', 'schema', 'self', 'type']);
});

test('a user created without a password is PROVISIONED by default and mailed', async () => {
  const org = await startOrg();
  const { body } = await org.call<UserBody>('POST', '/users', person('ada@example.com'));
  expect(body.status).toBe('PROVISIONED');
  const outbox = await org.control<object[]>('GET', 'outbox');
  expect(outbox.body).toEqual([
    { userId: body.id, type: 'activation', delivered: true, atMs: expect.any(Number) },
  ]);
});

test('a user created with a password is ACTIVE, and no answer shows the password', async () => {
  const org = await startOrg();
  const user = await create(org, 'ada@example.com', true, {
    credentials: { password: { value: 'Geheim123' } },
  });
  expect(user.status).toBe('ACTIVE');
  expect(user.credentials).toMatchObject({ password: {}, provider: { type: 'OKTA', name: 'OKTA' } });
  expect(JSON.stringify(user)).not.toContain('Geheim123');
  expect(user._links).toHaveProperty('changePassword');
});

// Recorded in the tests of Okta's Python SDK and Terraform provider: 119 creations with an empty
// password; a SHA-512 hash given to a staged user.
test('an empty password counts as none, an imported hash makes the provider IMPORT', async () => {
  const org = await startOrg();
  const blank = await create(org, 'blank@example.com', true, { credentials: { password: {} } });
  expect(blank).toMatchObject({ status: 'PROVISIONED', passwordChanged: null });
  const imported = await create(org, 'hash@example.com', false, {
    credentials: { password: { hash: BCRYPT } },
  });
  expect(imported.status).toBe('STAGED');
  expect(imported.credentials).toMatchObject({ password: {}, provider: { type: 'IMPORT', name: 'IMPORT' } });
});

test.each([
  ['another case', 'ADA@EXAMPLE.COM'],
  ['other diacritics', 'ädä@example.com'],
])('a login is taken when it differs only by %s', async (_what, login) => {
  const org = await startOrg();
  await create(org, 'ada@example.com');
  const { status, body } = await org.call('POST', '/users', person(login));
  expect(status).toBe(400);
  expect(body).toEqual({
    errorCode: 'E0000001',
    errorSummary: 'Api validation failed: login',
    errorLink: 'E0000001',
    errorId: expect.stringMatching(/^oae/),
    errorCauses: [
      { errorSummary: 'login: An object with this field already exists in the current organization' },
    ],
  });
});

test('a deactivated user keeps the login until deleted', async () => {
  const org = await startOrg();
  const user = await create(org, 'ada@example.com');
  await org.call('DELETE', `/users/${user.id}`);
  expect((await org.call('POST', '/users', person('ada@example.com'))).status).toBe(400);
  await org.call('DELETE', `/users/${user.id}`);
  expect((await org.call('POST', '/users', person('ada@example.com'))).status).toBe(200);
});

test('two users may share an email address', async () => {
  const org = await startOrg();
  await create(org, 'ada@example.com');
  const other = await org.call('POST', '/users', person('bob@example.com', { email: 'ada@example.com' }));
  expect(other.status).toBe(200);
});

test.each([
  [{ firstName: '' }, 'firstName', 'firstName: The field cannot be left blank'],
  [{ lastName: null }, 'lastName', 'lastName: The field cannot be left blank'],
  [{ login: 'ada' }, 'login', 'login: Username must be in the form of an email address'],
  [{ email: 'ada@' }, 'email', 'email: Does not match required pattern'],
  [{ shoeSize: '38' }, 'newUser', "Property name 'shoeSize' is not defined in profile"],
])('a profile with %j is refused', async (profile, summary, cause) => {
  const org = await startOrg();
  const { status, body } = await org.call('POST', '/users', person('ada@example.com', profile));
  expect(status).toBe(400);
  expect(body.errorSummary).toBe(`Api validation failed: ${summary}`);
  expect(body.errorCauses).toEqual([{ errorSummary: cause }]);
});

test('every fault of a profile is a cause of its own', async () => {
  const org = await startOrg();
  const { body } = await org.call('POST', '/users', { profile: { login: 'a@b' } });
  expect(body.errorCauses.map((cause) => cause.errorSummary)).toEqual([
    'login: Username must be in the form of an email address',
    'email: The field cannot be left blank',
    'firstName: The field cannot be left blank',
    'lastName: The field cannot be left blank',
  ]);
});

test('groups can be given at creation', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  const user = await create(org, 'ada@example.com', false, { groupIds: [group.id] });
  const groups = await org.call<{ profile: { name: string } }[]>('GET', `/users/${user.id}/groups`);
  expect(groups.body.map(({ profile }) => profile.name)).toEqual(['Everyone', 'portal-1']);
});

test('unknown groups, more than 20 and Everyone are refused at creation', async () => {
  const org = await startOrg();
  const [everyone] = (await org.call<{ id: string }[]>('GET', '/groups')).body;
  const tryWith = (groupIds: unknown) =>
    org.call('POST', '/users', person('ada@example.com', {}, { groupIds }));
  const unknown = await tryWith(['00gNope']);
  expect(unknown.status).toBe(404);
  expect(unknown.body.errorSummary).toBe('Not found: Resource not found: 00gNope (UserGroup)');
  expect((await tryWith(Array.from({ length: 21 }, () => 'x'))).body.errorCode).toBe('E0000093');
  expect(await tryWith([everyone?.id])).toMatchObject({ status: 501, body: { errorCode: 'E0000060' } });
  expect((await org.control<{ users: number }>('GET', 'counters')).body.users).toBe(0);
});

test('a user is found by id, by login and by an unambiguous short login', async () => {
  const org = await startOrg();
  const user = await create(org, 'ada+1@example.com');
  for (const key of [user.id, 'ada+1@example.com', 'ADA+1@example.com', 'ada+1']) {
    const found = await org.call<UserBody>('GET', `/users/${encodeURIComponent(key)}`);
    expect(found.body.id).toBe(user.id);
  }
  await create(org, 'ada+1@example.org');
  const ambiguous = await org.call('GET', '/users/ada+1');
  expect(ambiguous).toMatchObject({ status: 404, body: { errorCode: 'E0000007' } });
  expect(ambiguous.body.errorSummary).toBe('Not found: Resource not found: ada+1 (User)');
});

test('the ETag of a user changes with the profile, not with the status', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const etag = async () => (await org.call('GET', `/users/${id}`)).headers.get('etag');
  const before = await etag();
  await org.call('POST', `/users/${id}/lifecycle/activate`);
  expect(await etag()).toBe(before);
  await org.call('POST', `/users/${id}`, { profile: { city: 'Hürth' } });
  expect(await etag()).not.toBe(before);
});

test('POST changes what it names, PUT clears what it leaves out', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const posted = await org.call<UserBody>('POST', `/users/${id}`, {
    profile: { city: 'Hürth', title: 'Dr' },
  });
  expect(posted.body.profile).toMatchObject({ city: 'Hürth', title: 'Dr', firstName: 'Ada' });
  const cleared = await org.call<UserBody>('POST', `/users/${id}`, { profile: { title: null } });
  expect(cleared.body.profile).not.toHaveProperty('title');
  const put = await org.call<UserBody>('PUT', `/users/${id}`, person('ada@example.com'));
  expect(put.body.profile).not.toHaveProperty('city');
});

test('a changed login is the new key and sets the old one free', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  await create(org, 'bob@example.com');
  const clash = await org.call('POST', `/users/${id}`, { profile: { login: 'BOB@example.com' } });
  expect(clash.body.errorSummary).toBe('Api validation failed: login');
  await org.call('POST', `/users/${id}`, { profile: { login: 'ada.byron@example.com' } });
  expect((await org.call<UserBody>('GET', '/users/ada.byron@example.com')).body.id).toBe(id);
  await create(org, 'ada@example.com');
});

test('a password moves passwordChanged and leaves lastUpdated alone', async () => {
  const org = await startOrg();
  const { id, lastUpdated } = await create(org, 'ada@example.com');
  const body = { credentials: { password: { value: 'Geheim123' } } };
  const changed = await org.call<UserBody>('PUT', `/users/${id}`, body);
  expect(changed.body.passwordChanged).not.toBeNull();
  expect(changed.body.lastUpdated).toBe(lastUpdated);
});

test('deleting takes two calls, a third finds nobody', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  expect((await org.call('DELETE', `/users/${id}`)).status).toBe(204);
  expect((await org.call<UserBody>('GET', `/users/${id}`)).body.status).toBe('DEPROVISIONED');
  expect((await org.call('DELETE', `/users/${id}`)).status).toBe(204);
  expect((await org.call('DELETE', `/users/${id}`)).status).toBe(404);
});

// Okta, Users API: create user in the sign-in of another provider.
test('who signs in elsewhere is ACTIVE or STAGED without a password, and may not have one', async () => {
  const org = await startOrg();
  const credentials = { provider: { type: 'FEDERATION', name: 'FEDERATION' } };
  const active = await create(org, 'ada@example.com', true, { credentials });
  expect(active).toMatchObject({ status: 'ACTIVE', passwordChanged: null, credentials });
  expect((await org.control<unknown[]>('GET', 'outbox')).body).toEqual([]);
  const staged = await create(org, 'bob@example.com', false, { credentials });
  expect(staged.status).toBe('STAGED');
  await org.call('POST', `/users/${staged.id}/lifecycle/activate`);
  expect((await org.call('GET', `/users/${staged.id}`)).body).toMatchObject({ status: 'ACTIVE' });
  const both = { credentials: { ...credentials, password: { value: 'Geheim123' } } };
  const refused = await org.call('POST', '/users?provider=true', person('eve@example.com', {}, both));
  expect(refused).toMatchObject({ status: 400, body: { errorCode: 'E0000041' } });
});

test.each([
  ['BCRYPT', BCRYPT],
  ['SHA-512', { algorithm: 'SHA-512', salt: 'c2FsdA==', saltOrder: 'PREFIX', value: 'aGFzaA==' }],
  ['SHA-256', { algorithm: 'SHA-256', value: 'aGFzaA==' }],
  ['SHA-1', { algorithm: 'SHA-1', salt: 'c2FsdA==', saltOrder: 'POSTFIX', value: 'aGFzaA==' }],
  ['MD5', { algorithm: 'MD5', salt: 'c2FsdA==', saltOrder: 'POSTFIX', value: 'aGFzaA==' }],
  [
    'PBKDF2',
    {
      algorithm: 'PBKDF2',
      digestAlgorithm: 'SHA256_HMAC',
      iterationCount: 4096,
      keySize: 32,
      salt: 'c2FsdA==',
      value: 'aGFzaA==',
    },
  ],
])('a password can be imported as a hash of %s', async (_algorithm, hash) => {
  const org = await startOrg();
  const user = await create(org, 'ada@example.com', false, { credentials: { password: { hash } } });
  expect(user.credentials).toMatchObject({ provider: { type: 'IMPORT' } });
});

test.each([
  [{ ...BCRYPT, salt: 'short' }],
  [{ ...BCRYPT, workFactor: undefined }],
  [{ algorithm: 'SHA-512', salt: 'c2FsdA==', value: 'aGFzaA==' }],
  [
    {
      algorithm: 'PBKDF2',
      digestAlgorithm: 'SHA256_HMAC',
      iterationCount: 4095,
      keySize: 32,
      salt: 's',
      value: 'v',
    },
  ],
  [{ algorithm: 'ROT13', value: 'v' }],
])('the hash %j is refused', async (hash) => {
  const org = await startOrg();
  const body = person('ada@example.com', {}, { credentials: { password: { hash } } });
  const reply = await org.call('POST', '/users?activate=false', body);
  expect(reply).toMatchObject({ status: 400, body: { errorSummary: 'Api validation failed: password' } });
});

// Recorded in the tests of Okta's Python SDK and Terraform provider: PUT of a BCRYPT hash while STAGED is
// 200.
test('a hash can be given to a staged user and to nobody else', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const body = { credentials: { password: { hash: BCRYPT } } };
  expect((await org.call('PUT', `/users/${id}`, body)).status).toBe(200);
  await org.call('POST', `/users/${id}/lifecycle/activate`);
  expect(await org.call('POST', `/users/${id}`, body)).toMatchObject({
    status: 403,
    body: { errorCode: 'E0000014' },
  });
});

test('a password that has to be changed at once needs a password and an activation', async () => {
  const org = await startOrg();
  const withPassword = person('ada@example.com', {}, { credentials: { password: { value: 'Geheim123' } } });
  const ask = (query: string, body: object) =>
    org.call('POST', `/users?nextLogin=changePassword${query}`, body);
  expect(await ask('', person('ada@example.com'))).toMatchObject({
    status: 400,
    body: { errorCode: 'E0000124' },
  });
  expect(await ask('&activate=false', withPassword)).toMatchObject({
    status: 400,
    body: { errorCode: 'E0000125' },
  });
  expect(await ask('', withPassword)).toMatchObject({ status: 200, body: { status: 'PASSWORD_EXPIRED' } });
});

test('an update with a stale If-Match changes nothing', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const etag = (await org.call('GET', `/users/${id}`)).headers.get('etag') ?? '';
  const update = (city: string, ifMatch: string) =>
    org.call('POST', `/users/${id}`, { profile: { city } }, { 'if-match': ifMatch });
  expect((await update('Bonn', etag)).status).toBe(200);
  expect((await update('Köln', etag)).status).toBe(412);
  expect((await update('Köln', '*')).status).toBe(200);
  expect((await org.call<UserBody>('GET', `/users/${id}`)).body.profile.city).toBe('Köln');
});

test('a type that is not the one there is is not found', async () => {
  const org = await startOrg();
  const own = (await create(org, 'ada@example.com')) as unknown as { id: string; type: { id: string } };
  const body = { ...person('ada@example.com'), type: own.type };
  expect((await org.call('PUT', `/users/${own.id}`, body)).status).toBe(200);
  const other = { ...body, type: { id: 'otyNope' } };
  expect((await org.call('PUT', `/users/${own.id}`, other)).status).toBe(404);
});

test('links name the host that the caller named, wherever the org listens', async () => {
  const org = await startOrg({ host: '0.0.0.0' });
  const { id } = await create(org, 'ada@example.com');
  await create(org, 'bob@example.com');
  const called = org.url.replace('0.0.0.0', '127.0.0.1');
  const api = `${called}/api/v1/users`;
  const ask = (path: string, method = 'GET') =>
    fetch(api + path, { method, headers: { authorization: `SSWS ${TOKEN}` } });
  expect((await ask('?limit=1')).headers.get('link')?.match(/<.*?\?/g)).toEqual([`<${api}?`, `<${api}?`]);
  expect(await (await ask(`/${id}`)).json()).toMatchObject({ _links: { self: { href: `${api}/${id}` } } });
  const activated = await ask(`/${id}/lifecycle/activate?sendEmail=false`, 'POST');
  const { activationUrl } = (await activated.json()) as { activationUrl: string };
  expect(activationUrl).toMatch(`${called}/tokens/`);
});
