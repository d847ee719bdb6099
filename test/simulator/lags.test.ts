import { pass, startClock, stopClock } from './clock.ts';
import {
  create,
  createGroup,
  type GroupBody,
  type Org,
  person,
  startOrg,
  stopAll,
  type UserBody,
} from './support.ts';

beforeEach(stopClock);
afterEach(async () => {
  await stopAll();
  startClock();
});

const LAG_MS = 400;

async function find(org: Org, how: string): Promise<UserBody[]> {
  return (await org.call<UserBody[]>('GET', `/users?${how}`)).body;
}

const search = (login: string) => `search=${encodeURIComponent(`profile.login eq "${login}"`)}`;

test('a new user is at once got by id and login and listed, but not yet found', async () => {
  const org = await startOrg({ searchLagMs: 60_000 });
  const { id } = await create(org, 'ada@example.com');
  expect((await org.call('GET', `/users/${id}`)).status).toBe(200);
  expect((await org.call('GET', '/users/ada@example.com')).status).toBe(200);
  expect(await find(org, '')).toHaveLength(1);
  for (const how of [search('ada@example.com'), 'q=ada', 'filter=status%20eq%20%22STAGED%22']) {
    expect(await find(org, how)).toEqual([]);
  }
});

test('a change is found as late as its maker, and so is a deletion', async () => {
  const org = await startOrg({ searchLagMs: LAG_MS });
  const { id } = await create(org, 'ada@example.com');
  pass(LAG_MS);
  expect(await find(org, 'q=ada')).toHaveLength(1);
  await org.call('POST', `/users/${id}`, { profile: { login: 'ada.byron@example.com' } });
  pass(LAG_MS - 1);
  expect(await find(org, search('ada@example.com'))).toHaveLength(1);
  pass(1);
  expect(await find(org, search('ada.byron@example.com'))).toHaveLength(1);
  await org.call('DELETE', `/users/${id}`);
  await org.call('DELETE', `/users/${id}`);
  pass(LAG_MS - 1);
  expect(await find(org, search('ada.byron@example.com'))).toHaveLength(1);
  pass(1);
  expect(await find(org, search('ada.byron@example.com'))).toEqual([]);
});

// Recorded in the tests of Okta's Python SDK and Terraform provider: one second after creation two of
// three users were still found as STAGED, on their way to PROVISIONED.
test('who is activated is found as STAGED on the way before being found as PROVISIONED', async () => {
  const org = await startOrg({ searchLagMs: LAG_MS });
  const user = await create(org, 'ada@example.com', true);
  expect(user.status).toBe('PROVISIONED');
  pass(LAG_MS);
  const [first] = await find(org, 'q=ada');
  expect(first).toMatchObject({ status: 'STAGED', transitioningToStatus: 'PROVISIONED' });
  pass(LAG_MS);
  const [second] = await find(org, 'q=ada');
  expect(second).toMatchObject({ status: 'PROVISIONED' });
  expect(second).not.toHaveProperty('transitioningToStatus');
});

test('what happens right after an activation is found in the end', async () => {
  const org = await startOrg({ searchLagMs: LAG_MS });
  const ada = await create(org, 'ada@example.com', true);
  const bob = await create(org, 'bob@example.com', true);
  await org.call('POST', `/users/${ada.id}/lifecycle/deactivate`);
  await org.call('POST', `/users/${bob.id}`, { profile: { lastName: 'Builder' } });
  await create(org, 'cid@example.com', true);
  const found = async (login: string) => (await find(org, search(login)))[0];
  pass(2 * LAG_MS);
  expect(await found('cid@example.com')).toMatchObject({ status: 'PROVISIONED' });
  expect(await found('ada@example.com')).toMatchObject({ status: 'DEPROVISIONED' });
  expect(await found('bob@example.com')).toMatchObject({ profile: { lastName: 'Builder' } });
});

test('who has followed the activation mail is found as ACTIVE', async () => {
  const org = await startOrg({ searchLagMs: LAG_MS });
  await create(org, 'ada@example.com', true);
  const status = async () => (await find(org, 'q=ada'))[0]?.status;
  pass(2 * LAG_MS);
  expect(await status()).toBe('PROVISIONED');
  await org.control('POST', 'logins', { login: 'ada@example.com', choosesPassword: true });
  pass(LAG_MS);
  expect(await status()).toBe('ACTIVE');
});

test('the values of a removed attribute are not found for ever', async () => {
  const org = await startOrg({ searchLagMs: LAG_MS });
  const define = (portalKey: object | null) =>
    org.call('POST', '/meta/schemas/user/default', {
      definitions: { custom: { properties: { portalKey } } },
    });
  await define({ title: 'Portal', type: 'string' });
  await org.call('POST', '/users?activate=false', person('ada@example.com', { portalKey: 'a' }));
  const value = async () => (await find(org, 'q=ada'))[0]?.profile.portalKey;
  pass(LAG_MS);
  expect(await value()).toBe('a');
  await define(null);
  pass(LAG_MS);
  expect(await find(org, 'q=ada')).toHaveLength(1);
  expect(await value()).toBeUndefined();
});

test('a new group is found only later', async () => {
  const org = await startOrg({ searchLagMs: LAG_MS });
  const group = await createGroup(org, 'portal-1');
  const found = async () => (await org.call<GroupBody[]>('GET', '/groups?q=portal')).body;
  expect((await org.call('GET', `/groups/${group.id}`)).status).toBe(200);
  pass(LAG_MS - 1);
  expect(await found()).toEqual([]);
  pass(1);
  expect(await found()).toHaveLength(1);
});

test('memberships begin and end later', async () => {
  const org = await startOrg({ groupLagMs: LAG_MS });
  const group = await createGroup(org, 'portal-1');
  const { id } = await create(org, 'ada@example.com', false, { groupIds: [group.id] });
  const members = async () => (await org.call<UserBody[]>('GET', `/groups/${group.id}/users`)).body;
  pass(LAG_MS - 1);
  expect(await members()).toEqual([]);
  pass(1);
  expect(await members()).toHaveLength(1);
  expect((await org.call('DELETE', `/groups/${group.id}/users/${id}`)).status).toBe(204);
  pass(LAG_MS - 1);
  expect(await members()).toHaveLength(1);
  pass(1);
  expect(await members()).toEqual([]);
});
