import { create, createGroup, type Org, person, startOrg, stopAll, type UserBody } from './support.ts';

afterEach(stopAll);

async function orgWith(...logins: string[]): Promise<{ org: Org; users: UserBody[] }> {
  const org = await startOrg();
  const users: UserBody[] = [];
  for (const login of logins) users.push(await create(org, login));
  return { org, users };
}

async function loginsOf(org: Org, query: string): Promise<(string | null | undefined)[]> {
  const { body } = await org.call<UserBody[]>('GET', `/users${query}`);
  return body.map((user) => user.profile.login);
}

test('users are listed in the order of their creation, following next links to the end', async () => {
  const { org } = await orgWith('a@b.de', 'c@d.de', 'e@f.de');
  const seen: string[] = [];
  for (let path: string | null = '/users?limit=2'; path !== null; ) {
    const { body, headers } = await org.call<UserBody[]>('GET', path);
    seen.push(...body.map((user) => user.profile.login ?? ''));
    const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '');
    path = next?.[1]?.replace(`${org.url}/api/v1`, '') ?? null;
  }
  expect(seen).toEqual(['a@b.de', 'c@d.de', 'e@f.de']);
});

test('members of a group are paged the same way', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  for (const login of ['a@b.de', 'c@d.de']) await create(org, login, false, { groupIds: [group.id] });
  const first = await org.call<UserBody[]>('GET', `/groups/${group.id}/users?limit=1`);
  expect(first.body).toHaveLength(1);
  expect(first.headers.get('link')).toContain('rel="next"');
  expect(Object.keys(first.body[0]?._links ?? {})).toEqual(['self']);
});

test('a forged cursor is refused', async () => {
  const org = await startOrg();
  const noKey = `200${Buffer.from('00uABCDEFGHIJKLMNOPQ{').toString('base64url')}`;
  for (const cursor of ['forged', noKey]) {
    const { status, body } = await org.call('GET', `/users?after=${cursor}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ errorCode: 'E0000029', errorCauses: [{ errorSummary: 'Invalid cursor.' }] });
  }
});

test('filter compares exactly, search ignores case', async () => {
  const { org, users } = await orgWith('ada@example.com', 'bob@example.com');
  const [ada] = users;
  const eq = (attribute: string, value: string) => encodeURIComponent(`${attribute} eq "${value}"`);
  for (const [attribute, value] of [
    ['profile.login', 'ada@example.com'],
    ['profile.email', 'ada@example.com'],
    ['id', ada?.id ?? ''],
  ] as const) {
    expect(await loginsOf(org, `?filter=${eq(attribute, value)}`)).toEqual(['ada@example.com']);
    expect(await loginsOf(org, `?search=${eq(attribute, value)}`)).toEqual(['ada@example.com']);
  }
  expect(await loginsOf(org, `?filter=${eq('profile.login', 'ADA@example.com')}`)).toEqual([]);
  expect(await loginsOf(org, `?search=${eq('profile.login', 'ADA@example.com')}`)).toEqual([
    'ada@example.com',
  ]);
});

test('deactivated users appear in a search only', async () => {
  const { org, users } = await orgWith('ada@example.com', 'bob@example.com');
  await org.call('POST', `/users/${users[0]?.id}/lifecycle/deactivate`);
  expect(await loginsOf(org, '')).toEqual(['bob@example.com']);
  expect(await loginsOf(org, '?q=ada@')).toEqual([]);
  const search = encodeURIComponent('status eq "DEPROVISIONED"');
  expect(await loginsOf(org, `?search=${search}`)).toEqual(['ada@example.com']);
});

test.each([
  'status ne "STAGED"',
  'profile.login ew "x"',
  'profile.shoeSize eq "x"',
  'id sw "00u"',
  'id eq "a" or',
  '(id eq "a"',
  'id eq a',
  'id eq "a" status eq "b"',
  '',
])('the search %j is not understood', async (search) => {
  const org = await startOrg();
  const reply = await org.call('GET', `/users?search=${encodeURIComponent(search)}`);
  expect(reply).toMatchObject({ status: 400, body: { errorCode: 'E0000031' } });
});

// Okta, Users API: a filter knows equality, and for one time the order.
test.each(['profile.login sw "a"', 'profile.city eq "x"', 'created gt "2020-01-01T00:00:00.000Z"'])(
  'the filter %j is not understood',
  async (filter) => {
    const org = await startOrg();
    const reply = await org.call('GET', `/users?filter=${encodeURIComponent(filter)}`);
    expect(reply).toMatchObject({ status: 400, body: { errorCode: 'E0000031' } });
  },
);

async function orgOfThree(): Promise<Org> {
  const org = await startOrg();
  for (const [login, profile] of [
    ['ada@example.com', { city: 'Köln', title: 'Dr' }],
    ['bob@example.com', { city: 'Bonn' }],
    ['cid@example.org', { city: 'Köln' }],
  ] as const) {
    await org.call('POST', '/users?activate=false', person(login, profile));
  }
  return org;
}

test.each([
  ['profile.city eq "köln"', ['ada@', 'cid@']],
  ['profile.city eq "Köln" and profile.login sw "CID"', ['cid@']],
  ['profile.login sw "ada" or profile.login sw "bob"', ['ada@', 'bob@']],
  ['profile.login sw "ada" or profile.city eq "Köln" and profile.login sw "cid"', ['ada@', 'cid@']],
  ['(profile.login sw "ada" or profile.login sw "bob") and profile.city eq "Bonn"', ['bob@']],
  ['profile.login co "example.org"', ['cid@']],
  ['profile.title pr', ['ada@']],
  ['profile.city gt "c"', ['ada@', 'cid@']],
  ['created gt "2020-01-01T00:00:00.000Z" and status eq "STAGED"', ['ada@', 'bob@', 'cid@']],
  ['lastUpdated lt "2020-01-01T00:00:00.000Z"', []],
  ['profile.login eq "ADA@example.com" and profile.city eq "Bonn"', []],
])('the search %s finds %j', async (search, starts) => {
  const org = await orgOfThree();
  const found = await loginsOf(org, `?search=${encodeURIComponent(search)}`);
  expect(found.map((login) => login?.slice(0, 4))).toEqual(starts);
});

test('a filter can be put together, and asks when somebody was last updated', async () => {
  const org = await orgOfThree();
  const filter = 'lastUpdated ge "2020-01-01T00:00:00.000+02:00" and profile.login eq "bob@example.com"';
  expect(await loginsOf(org, `?filter=${encodeURIComponent(filter)}`)).toEqual(['bob@example.com']);
});

test('a search is sorted, and its pages too', async () => {
  const org = await orgOfThree();
  const all = encodeURIComponent('status eq "STAGED"');
  const sorted = await loginsOf(org, `?search=${all}&sortBy=profile.city&sortOrder=desc`);
  expect(sorted).toEqual(['ada@example.com', 'cid@example.org', 'bob@example.com']);
  const first = await org.call('GET', `/users?search=${all}&sortBy=profile.login&sortOrder=desc&limit=2`);
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  expect(await loginsOf(org, new URL(next).search)).toEqual(['ada@example.com']);
  expect((await org.call('GET', `/users?search=${all}&sortBy=shoeSize`)).status).toBe(400);
});

test.each([
  ['sortBy=profile.login', 'is deleted', ['cid@b.de', 'dan@b.de']],
  ['sortBy=profile.login&sortOrder=desc', 'is deleted', ['bob@b.de', 'ada@b.de']],
  ['sortBy=profile.lastName&sortOrder=desc', 'is deleted', ['cid@b.de', 'dan@b.de']],
  ['sortBy=profile.city', 'is deleted', ['cid@b.de', 'dan@b.de']],
  ['sortBy=lastUpdated', 'is activated', ['cid@b.de', 'dan@b.de']],
])('a search by %s goes on where it was when the last of a page %s', async (sort, what, rest) => {
  const { org } = await orgWith('ada@b.de', 'bob@b.de', 'cid@b.de', 'dan@b.de');
  const staged = encodeURIComponent('status eq "STAGED"');
  const first = await org.call<UserBody[]>('GET', `/users?search=${staged}&${sort}&limit=2`);
  const last = first.body[1]?.id;
  if (what === 'is activated') await org.call('POST', `/users/${last}/lifecycle/activate`);
  else for (const _ of ['deactivated', 'deleted']) await org.call('DELETE', `/users/${last}`);
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  expect(await loginsOf(org, new URL(next).search)).toEqual(rest);
});

// Okta, Users API: okta-response.
test('a caller can do without credentials and their links', async () => {
  const { org, users } = await orgWith('ada@example.com');
  const path = `/users/${users[0]?.id}`;
  const headers = {
    'content-type': 'application/json; okta-response="omitCredentials,omitCredentialsLinks"',
  };
  await org.call('POST', `${path}/lifecycle/activate`);
  const { body } = await org.call<UserBody>('GET', path, undefined, headers);
  expect(body).not.toHaveProperty('credentials');
  expect(Object.keys(body._links)).not.toContain('resetPassword');
  const listed = await org.call<UserBody[]>('GET', '/users', undefined, headers);
  expect(listed.body[0]).not.toHaveProperty('credentials');
});
