import {
  create,
  createGroup,
  type GroupBody,
  type Org,
  startOrg,
  stopAll,
  type UserBody,
} from './support.ts';

afterEach(stopAll);

test('a group is created, found, changed and deleted', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  expect(group).toMatchObject({ type: 'OKTA_GROUP', profile: { name: 'portal-1', description: null } });
  expect(group.id).toMatch(/^00g[0-9A-Za-z]{17}$/);
  const renamed = { profile: { name: 'portal-one', description: '' } };
  await org.call('PUT', `/groups/${group.id}`, renamed);
  expect((await org.call('GET', `/groups/${group.id}`)).body).toMatchObject(renamed);
  expect((await org.call('DELETE', `/groups/${group.id}`)).status).toBe(204);
  expect((await org.call('GET', `/groups/${group.id}`)).status).toBe(404);
});

test('a second group of the same name is refused like a second login', async () => {
  const org = await startOrg();
  await createGroup(org, 'portal-1');
  const { status, body } = await org.call('POST', '/groups', { profile: { name: 'portal-1' } });
  expect(status).toBe(400);
  expect(body.errorCauses).toEqual([
    { errorSummary: 'name: An object with this field already exists in the current organization' },
  ]);
});

test('a second group of the same name can be refused as the catalogue of errors has it', async () => {
  const org = await startOrg({ duplicateGroup: 'E0000055' });
  await createGroup(org, 'portal-1');
  const reply = await org.call('POST', '/groups', { profile: { name: 'portal-1' } });
  expect(reply).toMatchObject({ status: 409, body: { errorCode: 'E0000055' } });
});

test('q lists the groups whose names begin so', async () => {
  const org = await startOrg();
  for (const name of ['portal-1', 'portal-2', 'admins']) await createGroup(org, name);
  const { body } = await org.call<GroupBody[]>('GET', '/groups?q=Portal');
  expect(body.map((group) => group.profile.name)).toEqual(['portal-1', 'portal-2']);
});

test('joining twice is joining once, and leaving ends it', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  const user = await create(org, 'ada@example.com');
  const membership = `/groups/${group.id}/users/${user.id}`;
  for (const method of ['PUT', 'PUT']) expect((await org.call(method, membership)).status).toBe(204);
  expect((await org.call<UserBody[]>('GET', `/groups/${group.id}/users`)).body).toHaveLength(1);
  expect((await org.call('DELETE', membership)).status).toBe(204);
  expect((await org.call<UserBody[]>('GET', `/groups/${group.id}/users`)).body).toEqual([]);
});

test('everybody is a member of Everyone, which cannot be changed by hand', async () => {
  const org = await startOrg();
  const user = await create(org, 'ada@example.com');
  const [everyone] = (await org.call<GroupBody[]>('GET', '/groups?q=Everyone')).body;
  expect(everyone?.type).toBe('BUILT_IN');
  const members = await org.call<UserBody[]>('GET', `/groups/${everyone?.id}/users`);
  expect(members.body.map(({ id }) => id)).toEqual([user.id]);
  expect((await org.call('DELETE', `/groups/${everyone?.id}/users/${user.id}`)).status).toBe(501);
});

test('a deleted group leaves its members, a deleted user leaves his groups', async () => {
  const org = await startOrg();
  const [kept, gone] = [await createGroup(org, 'kept'), await createGroup(org, 'gone')];
  const user = await create(org, 'ada@example.com', false, { groupIds: [kept.id, gone.id] });
  await org.call('DELETE', `/groups/${gone.id}`);
  const listed = await org.control<{ groupIds: string[] }[]>('GET', 'users');
  expect(listed.body[0]?.groupIds).toEqual([kept.id]);
  for (const method of ['DELETE', 'DELETE']) await org.call(method, `/users/${user.id}`);
  expect((await org.call<UserBody[]>('GET', `/groups/${kept.id}/users`)).body).toEqual([]);
});

async function namesOf(org: Org, query: string): Promise<string[]> {
  const { body } = await org.call<GroupBody[]>('GET', `/groups?${query}`);
  return body.map((group) => group.profile.name);
}

// Okta, Groups API: list groups.
test('a group is found by search, whatever the case, and by filter', async () => {
  const org = await startOrg();
  for (const name of ['portal-1', 'portal-2']) await createGroup(org, name);
  expect(await namesOf(org, 'search=profile.name%20eq%20%22Portal-1%22')).toEqual(['portal-1']);
  expect(await namesOf(org, 'search=profile.name%20sw%20%22portal%22&limit=1')).toEqual(['portal-1']);
  expect(await namesOf(org, 'filter=type%20eq%20%22BUILT_IN%22')).toEqual(['Everyone']);
  const since = encodeURIComponent('lastMembershipUpdated gt "2020-01-01T00:00:00.000Z"');
  expect(await namesOf(org, `filter=${since}`)).toHaveLength(3);
});

test.each(['filter=profile.name eq "portal-1"', 'search=profile.colour eq "red"', 'search=type ne "x"'])(
  'groups cannot be found by %s',
  async (query) => {
    const org = await startOrg();
    const reply = await org.call('GET', `/groups?${encodeURI(query)}`);
    expect(reply).toMatchObject({ status: 400, body: { errorCode: 'E0000031' } });
  },
);

test('all members are seen once, page by page', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  const logins = ['a@b.de', 'c@d.de', 'e@f.de'];
  for (const login of logins) await create(org, login, false, { groupIds: [group.id] });
  const seen: unknown[] = [];
  for (let path: string | null = `/groups/${group.id}/users?limit=2`; path !== null; ) {
    const { body, headers } = await org.call<UserBody[]>('GET', path);
    seen.push(...body.map((user) => user.profile.login));
    const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '');
    path = next?.[1]?.replace(`${org.url}/api/v1`, '') ?? null;
  }
  expect(seen).toEqual(logins);
});
