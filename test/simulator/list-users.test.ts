import { create, createGroup, type Org, startOrg, stopAll, type UserBody } from './support.ts';

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
  const { status, body } = await org.call('GET', '/users?after=forged');
  expect(status).toBe(400);
  expect(body).toMatchObject({ errorCode: 'E0000029', errorCauses: [{ errorSummary: 'Invalid cursor.' }] });
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

test('an expression that is not understood is refused', async () => {
  const org = await startOrg();
  for (const expression of ['status ne "STAGED"', 'profile.city eq "x"', 'id eq "a" or id eq "b"', '']) {
    const reply = await org.call('GET', `/users?search=${encodeURIComponent(expression)}`);
    expect(reply).toMatchObject({ status: 400, body: { errorCode: 'E0000031' } });
  }
});
