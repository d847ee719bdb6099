import { createPortal, portal, startAppOrg } from './apps-support.ts';
import { pass, startClock, stopClock } from './clock.ts';
import { create, createGroup, type Org, stopAll, type UserBody } from './support.ts';

afterEach(async () => {
  await stopAll();
  startClock();
});

interface AppUserBody {
  readonly id: string;
  readonly scope: string;
  readonly status: string;
  readonly credentials: { readonly userName: string };
  readonly profile: Readonly<Record<string, string | null>>;
  readonly _embedded?: { readonly user: UserBody };
}

interface AppGroupBody {
  readonly id: string;
  readonly priority: number;
  readonly profile: object;
}

async function scopesOf(org: Org, appId: string): Promise<string[]> {
  const { body } = await org.call<AppUserBody[]>('GET', `/apps/${appId}/users`);
  return body.map(({ credentials, scope }) => `${credentials.userName} ${scope}`);
}

async function join(org: Org, groupId: string, userId: string) {
  expect((await org.call('PUT', `/groups/${groupId}/users/${userId}`)).status).toBe(204);
}

test('a user is assigned one by one, with the claims that Okta maps by itself', async () => {
  const org = await startAppOrg();
  const app = await createPortal(org, 'Portal 1');
  const { id } = await create(org, 'ada@example.com', true);
  const { status, body } = await org.call<AppUserBody>('POST', `/apps/${app.id}/users`, { id });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id,
    scope: 'USER',
    status: 'ACTIVE',
    credentials: { userName: 'ada@example.com' },
  });
  expect(body.profile).toMatchObject({ given_name: 'Ada', family_name: 'Byron', name: 'Ada Byron' });
  const links = await org.call<{ appInstanceId: string }[]>('GET', `/users/${id}/appLinks`);
  expect(links.body.map(({ appInstanceId }) => appInstanceId)).toEqual([app.id]);
});

test('an assignment is changed, and deleted with all that was set', async () => {
  const org = await startAppOrg();
  const app = await createPortal(org, 'Portal 1');
  const { id } = await create(org, 'ada@example.com', true);
  await org.call('POST', `/apps/${app.id}/users`, { id, credentials: { userName: 'ada' } });
  const path = `/apps/${app.id}/users/${id}`;
  await org.call('POST', path, { profile: { nickname: 'Countess' } });
  const { body } = await org.call<AppUserBody>('GET', `${path}?expand=user`);
  expect(body).toMatchObject({ credentials: { userName: 'ada' }, profile: { nickname: 'Countess' } });
  expect(body._embedded?.user.id).toBe(id);
  expect((await org.call('DELETE', path)).status).toBe(204);
  expect((await org.call('GET', path)).body.errorSummary).toContain('(AppUser)');
});

test('a second assignment changes the first, unless the org is told to refuse it', async () => {
  for (const refuseRepeatedAssignment of [false, true]) {
    const org = await startAppOrg({ refuseRepeatedAssignment });
    const app = await createPortal(org, 'Portal 1');
    const { id } = await create(org, 'ada@example.com', true);
    await org.call('POST', `/apps/${app.id}/users`, { id });
    const again = await org.call('POST', `/apps/${app.id}/users`, { id });
    expect(again.status).toBe(refuseRepeatedAssignment ? 409 : 200);
    if (refuseRepeatedAssignment) expect(again.body.errorCode).toBe('E0000062');
  }
});

test('a group gives its app to its members, also to later ones, and takes it away', async () => {
  const org = await startAppOrg();
  const [app, group] = [await createPortal(org, 'Portal 1'), await createGroup(org, 'portal-1')];
  const [ada, bob] = [await create(org, 'ada@example.com', true), await create(org, 'bob@example.com', true)];
  await join(org, group.id, ada.id);
  const assigned = await org.call<AppGroupBody>('PUT', `/apps/${app.id}/groups/${group.id}`, {});
  expect(assigned).toMatchObject({ status: 200, body: { id: group.id, priority: 0, profile: {} } });
  await join(org, group.id, bob.id);
  await create(org, 'eve@example.com', true, { groupIds: [group.id] });
  expect(await scopesOf(org, app.id)).toEqual([
    'ada@example.com GROUP',
    'bob@example.com GROUP',
    'eve@example.com GROUP',
  ]);
  await org.call('DELETE', `/groups/${group.id}/users/${ada.id}`);
  expect(await scopesOf(org, app.id)).toEqual(['bob@example.com GROUP', 'eve@example.com GROUP']);
  expect((await org.call('DELETE', `/apps/${app.id}/groups/${group.id}`)).status).toBe(204);
  expect(await scopesOf(org, app.id)).toEqual([]);
});

test('who is in two assigned groups keeps the app until both are gone', async () => {
  const org = await startAppOrg();
  const app = await createPortal(org, 'Portal 1');
  const groups = [await createGroup(org, 'one'), await createGroup(org, 'two')];
  await create(org, 'ada@example.com', true, { groupIds: groups.map(({ id }) => id) });
  for (const { id } of groups) await org.call('PUT', `/apps/${app.id}/groups/${id}`);
  await org.call('DELETE', `/groups/${groups[0]?.id}`);
  expect(await scopesOf(org, app.id)).toEqual(['ada@example.com GROUP']);
  expect((await org.call<object[]>('GET', `/apps/${app.id}/groups`)).body).toHaveLength(1);
  await org.call('DELETE', `/apps/${app.id}/groups/${groups[1]?.id}`);
  expect(await scopesOf(org, app.id)).toEqual([]);
});

test('a staged member gets the app of his group with his activation', async () => {
  const org = await startAppOrg();
  const [app, group] = [await createPortal(org, 'Portal 1'), await createGroup(org, 'portal-1')];
  await org.call('PUT', `/apps/${app.id}/groups/${group.id}`);
  const { id } = await create(org, 'ada@example.com', false, { groupIds: [group.id] });
  expect(await scopesOf(org, app.id)).toEqual([]);
  await org.call('POST', `/users/${id}/lifecycle/activate`);
  expect(await scopesOf(org, app.id)).toEqual(['ada@example.com GROUP']);
});

test('what a group assigned cannot be deleted one by one', async () => {
  const org = await startAppOrg();
  const [app, group] = [await createPortal(org, 'Portal 1'), await createGroup(org, 'portal-1')];
  const { id } = await create(org, 'ada@example.com', true, { groupIds: [group.id] });
  await org.call('PUT', `/apps/${app.id}/groups/${group.id}`);
  expect(await org.call('DELETE', `/apps/${app.id}/users/${id}`)).toMatchObject({
    status: 403,
    body: { errorCode: 'E0000046', errorSummary: 'Deactivate application for user forbidden.' },
  });
});

test('assigned one by one he outlives his group, and unassigned he falls back on it', async () => {
  const org = await startAppOrg();
  const [app, group] = [await createPortal(org, 'Portal 1'), await createGroup(org, 'portal-1')];
  const { id } = await create(org, 'ada@example.com', true, { groupIds: [group.id] });
  await org.call('PUT', `/apps/${app.id}/groups/${group.id}`);
  await org.call('POST', `/apps/${app.id}/users`, { id, scope: 'USER' });
  expect(await scopesOf(org, app.id)).toEqual(['ada@example.com USER']);
  await org.call('DELETE', `/apps/${app.id}/users/${id}`);
  expect(await scopesOf(org, app.id)).toEqual(['ada@example.com GROUP']);
  await org.call('POST', `/apps/${app.id}/users/${id}`, { scope: 'USER' });
  await org.call('DELETE', `/apps/${app.id}/groups/${group.id}`);
  expect(await scopesOf(org, app.id)).toEqual(['ada@example.com USER']);
});

test('deactivation takes all apps away', async () => {
  const org = await startAppOrg();
  const [app, group] = [await createPortal(org, 'Portal 1'), await createGroup(org, 'portal-1')];
  await org.call('PUT', `/apps/${app.id}/groups/${group.id}`);
  const ada = await create(org, 'ada@example.com', true, { groupIds: [group.id] });
  const bob = await create(org, 'bob@example.com', true);
  await org.call('POST', `/apps/${app.id}/users`, { id: bob.id });
  for (const { id } of [ada, bob]) await org.call('POST', `/users/${id}/lifecycle/deactivate`);
  expect(await scopesOf(org, app.id)).toEqual([]);
  expect((await org.call('POST', `/apps/${app.id}/users`, { id: ada.id })).status).toBe(403);
});

test('with a lag the members come and go later', async () => {
  stopClock();
  const org = await startAppOrg({ assignmentLagMs: 150 });
  const [app, group] = [await createPortal(org, 'Portal 1'), await createGroup(org, 'portal-1')];
  await create(org, 'ada@example.com', true, { groupIds: [group.id] });
  await org.call('PUT', `/apps/${app.id}/groups/${group.id}`);
  pass(149);
  expect(await scopesOf(org, app.id)).toEqual([]);
  pass(1);
  expect(await scopesOf(org, app.id)).toHaveLength(1);
  await org.call('DELETE', `/apps/${app.id}/groups/${group.id}`);
  pass(149);
  expect(await scopesOf(org, app.id)).toHaveLength(1);
  pass(1);
  expect(await scopesOf(org, app.id)).toEqual([]);
});

test('users of an app are paged, and found by the start of a name', async () => {
  const org = await startAppOrg();
  const app = await createPortal(org, 'Portal 1');
  for (const login of ['ada@example.com', 'bob@example.com', 'eve@example.com']) {
    const { id } = await create(org, login, true);
    await org.call('POST', `/apps/${app.id}/users`, { id });
  }
  const first = await org.call<AppUserBody[]>('GET', `/apps/${app.id}/users?limit=2`);
  expect(first.body).toHaveLength(2);
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  const second = await org.call<AppUserBody[]>('GET', next.replace(`${org.url}/api/v1`, ''));
  expect(second.body.map(({ credentials }) => credentials.userName)).toEqual(['eve@example.com']);
  expect((await org.call<AppUserBody[]>('GET', `/apps/${app.id}/users?q=Bob`)).body).toHaveLength(1);
});

test('a page of groups holds at least 20, and the apps of a group are listed', async () => {
  const org = await startAppOrg({}, { isAstray: true }); // no page holds one
  const app = await createPortal(org, 'Portal 1');
  await org.call('POST', '/apps', portal('Portal 2'));
  const groups = [];
  for (let i = 0; i < 25; i += 1) groups.push(await createGroup(org, `group-${i}`));
  for (const { id } of groups) await org.call('PUT', `/apps/${app.id}/groups/${id}`);
  expect((await org.call<object[]>('GET', `/apps/${app.id}/groups?limit=1`)).body).toHaveLength(20);
  expect((await org.call<object[]>('GET', `/apps/${app.id}/groups?q=group-24`)).body).toHaveLength(1);
  const apps = await org.call<{ id: string }[]>('GET', `/groups/${groups[0]?.id}/apps`);
  expect(apps.body.map(({ id }) => id)).toEqual([app.id]);
});

test('what the lists understand counts as supported, also where nothing is listed', async () => {
  const org = await startAppOrg();
  const app = await createPortal(org, 'Portal 1');
  const paths = [
    `/apps/${app.id}/users?q=a&limit=5&expand=user`,
    `/apps/${app.id}/groups?q=a&limit=20&expand=group`,
    '/apps?q=none&limit=5&filter=status%20eq%20%22ACTIVE%22',
    '/groups/rules?search=none&limit=5',
    '/logs?until=2100-01-01T00:00:00Z&since=2099-12-31T00:00:00Z&q=none&limit=5&sortOrder=ASCENDING',
  ];
  for (const path of paths) expect((await org.call('GET', path)).status).toBe(200);
  const { body } = await org.control<{ total: number }>('GET', 'unsupported');
  expect(body).toMatchObject({ total: 0 });
});

test('what is not there is not found', async () => {
  const org = await startAppOrg();
  const [app, group] = [await createPortal(org, 'Portal 1'), await createGroup(org, 'portal-1')];
  const summaries = [];
  for (const [method, path, body] of [
    ['PUT', `/apps/0oa0/groups/${group.id}`],
    ['PUT', `/apps/${app.id}/groups/00g0`],
    ['DELETE', `/apps/${app.id}/groups/${group.id}`],
    ['POST', `/apps/${app.id}/users`, { id: '00u0' }],
  ] as const) {
    summaries.push((await org.call(method, path, body)).body.errorSummary.replace(/^.*\(/, '('));
  }
  expect(summaries).toEqual(['(AppInstance)', '(UserGroup)', '(ApplicationGroupAssignment)', '(User)']);
});
