import { createArrivals } from '../../simulator/arrivals.ts';
import { createPortal, startAppOrg } from './apps-support.ts';
import { create, createGroup, startOrg, stopAll } from './support.ts';

afterEach(stopAll);

test('the busiest window is found wherever it lies, and its end does not belong to it', () => {
  const arrivals = createArrivals();
  for (const ms of [0, 900, 1000, 1100, 1899, 1900, 5000]) arrivals.add('users', ms);
  expect(arrivals.busiestWindow('users', 1000)).toBe(4);
  expect(arrivals.busiestWindow('apps', 1000)).toBe(0);
});

test('a log of arrivals grows past its first size', () => {
  const arrivals = createArrivals();
  for (let ms = 0; ms < 3000; ms += 1) arrivals.add('users', ms);
  expect([...arrivals.of('users')].at(-1)).toBe(2999);
  expect(arrivals.busiestWindow('users', 60_000)).toBe(3000);
});

test('arrivals are listed by bucket with the length of the window', async () => {
  const org = await startOrg({ windowMs: 6000 });
  await create(org, 'ada@example.com');
  const { body } = await org.control<{ atMs: number[] }>('GET', 'arrivals?bucket=users');
  expect(body).toEqual({ bucket: 'users', windowMs: 6000, atMs: [expect.any(Number)] });
  expect((await org.control('GET', 'arrivals?bucket=nope')).status).toBe(400);
});

test('all users are listed at once with their groups', async () => {
  const org = await startOrg({ usersPerMinute: 10_000 });
  const group = await createGroup(org, 'portal-1');
  const logins = Array.from({ length: 501 }, (_, i) => `user${i}@example.com`);
  for (const login of logins) await create(org, login, false, { groupIds: [group.id] });
  const { body } = await org.control<Record<string, unknown>[]>('GET', 'users');
  expect(body.map((user) => user.login)).toEqual(logins);
  expect(body[0]).toEqual({
    id: expect.any(String),
    login: 'user0@example.com',
    email: 'user0@example.com',
    status: 'STAGED',
    groupIds: [group.id],
    profile: { login: 'user0@example.com', email: 'user0@example.com', firstName: 'Ada', lastName: 'Byron' },
  });
});

test('an org without users lists none', async () => {
  const org = await startOrg();
  expect((await org.control('GET', 'users')).body).toEqual([]);
});

test('all apps are listed at once with their groups, without their secrets', async () => {
  const org = await startAppOrg();
  const group = await createGroup(org, 'portal-1');
  const { id } = await createPortal(org, 'Portal 1');
  await org.call('PUT', `/apps/${id}/groups/${group.id}`, {});
  const { body } = await org.control<object[]>('GET', 'apps');
  expect(body).toEqual([expect.objectContaining({ id, label: 'Portal 1', groupIds: [group.id] })]);
  expect(JSON.stringify(body)).not.toContain('client_secret"');
});

test('a reset forgets neither complaints nor what was asked for in vain', async () => {
  const org = await startOrg({ observe: () => ['it is wrong'] }, { isAstray: true });
  await org.call('GET', '/people');
  await org.control('POST', 'reset');
  expect((await org.control('GET', 'unsupported')).body).toMatchObject({
    total: 1,
    paths: { 'GET /api/v1/people': 1 },
  });
  expect((await org.control('GET', 'complaints')).body).toEqual({
    total: 1,
    complaints: { 'it is wrong': 1 },
  });
  await expect(stopAll()).rejects.toThrow('it is wrong, 1 times');
});

test('a reset empties the org, the counters and the windows', async () => {
  const org = await startOrg({ usersPerMinute: 1 });
  await create(org, 'ada@example.com');
  await createGroup(org, 'portal-1');
  expect((await org.control('POST', 'reset')).status).toBe(204);
  expect((await org.control('GET', 'counters')).body).toMatchObject({
    users: 0,
    created: 0,
    calls: { total: 0 },
  });
  expect((await org.call<object[]>('GET', '/groups')).body).toHaveLength(1);
  await create(org, 'ada@example.com');
});
