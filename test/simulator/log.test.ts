import { withDefaults } from '../../simulator/options.ts';
import { createRing } from '../../simulator/ring.ts';
import { createSystemLog } from '../../simulator/system-log.ts';
import { createPortal } from './apps-support.ts';
import { pass, startClock, stopClock } from './clock.ts';
import { create, createGroup, type Org, startOrg, stopAll } from './support.ts';

afterEach(async () => {
  await stopAll();
  startClock();
});

interface EventBody {
  readonly uuid: string;
  readonly published: string;
  readonly eventType: string;
  readonly actor: { readonly id: string; readonly type: string; readonly alternateId: string };
  readonly target: readonly { readonly id: string; readonly type: string; readonly alternateId: string }[];
  readonly outcome: { readonly result: string; readonly reason: string | null };
  readonly transaction: { readonly type: string; readonly id: string; readonly detail: object };
}

const LOGS = { perMinute: { logs: 100_000, apps: 100_000 } };

async function read(org: Org, query = '') {
  const reply = await org.call<EventBody[]>('GET', `/logs${query}`);
  expect(reply.status).toBe(200);
  const next = /<([^>]+)>; rel="next"/.exec(reply.headers.get('link') ?? '')?.[1] ?? null;
  return {
    events: reply.body,
    types: reply.body.map(({ eventType }) => eventType),
    next: next === null ? null : next.replace(`${org.url}/api/v1/logs`, ''),
  };
}

test('a ring keeps the last of what it was given, each under its number', () => {
  const ring = createRing<string>(2);
  for (const item of ['a', 'b', 'c']) ring.push(item);
  expect([...ring.from(0)]).toEqual([
    [1, 'b'],
    [2, 'c'],
  ]);
  expect([...ring.from(2)]).toEqual([[2, 'c']]);
  expect([ring.first, ring.end]).toEqual([1, 3]);
});

test('what happens to users, groups and apps is written down, in order and with its target', async () => {
  const org = await startOrg(LOGS);
  const group = await createGroup(org, 'portal-1');
  const app = await createPortal(org, 'Portal 1');
  await org.call('PUT', `/apps/${app.id}/groups/${group.id}`);
  const { id } = await create(org, 'ada@example.com', false, { groupIds: [group.id] });
  await org.call('POST', `/users/${id}`, { profile: { city: 'London' } });
  await org.call('POST', `/users/${id}/lifecycle/activate`);
  for (const _ of [1, 2]) await org.call('DELETE', `/users/${id}`);
  const { types, events } = await read(org);
  expect(types).toEqual([
    'group.lifecycle.create',
    'application.lifecycle.create',
    'group.application_assignment.add',
    'user.lifecycle.create',
    'group.user_membership.add',
    'user.account.update_profile',
    'user.lifecycle.activate',
    'application.user_membership.add',
    'user.lifecycle.deactivate',
    'application.user_membership.remove',
    'user.lifecycle.delete.initiated',
    'user.lifecycle.delete.completed',
  ]);
  expect(events[3]?.target).toEqual([
    { id, type: 'User', alternateId: 'ada@example.com', displayName: 'Ada Byron', detailEntry: null },
  ]);
});

// Okta, System Log: catalogue of event types.
test('what happens to secrets, assignments, rules and the schema is written down as far as the catalogue has it', async () => {
  const org = await startOrg(LOGS);
  const [group, app] = [await createGroup(org, 'portal-1'), await createPortal(org, 'Portal 1')];
  const { id } = await create(org, 'ada@example.com', true);
  const { next } = await read(org);
  const secrets = `/apps/${app.id}/credentials/secrets`;
  const secret = (await org.call<{ id: string }>('POST', secrets)).body.id;
  for (const move of ['deactivate', 'activate', 'deactivate']) {
    await org.call('POST', `${secrets}/${secret}/lifecycle/${move}`);
  }
  await org.call('DELETE', `${secrets}/${secret}`);
  await org.call('POST', `/apps/${app.id}/users`, { id });
  await org.call('POST', `/apps/${app.id}/users/${id}`, { profile: {} });
  for (const priority of [1, 2]) await org.call('PUT', `/apps/${app.id}/groups/${group.id}`, { priority });
  const rule = await org.call<{ id: string }>('POST', '/groups/rules', {
    type: 'group_rule',
    name: 'everybody',
    conditions: { expression: { type: 'urn:okta:expression:1.0', value: 'user.firstName=="Ada"' } },
    actions: { assignUserToGroups: { groupIds: [group.id] } },
  });
  await org.call('POST', `/groups/rules/${rule.body.id}/lifecycle/activate`);
  await org.call('DELETE', `/groups/${group.id}/users/${id}`);
  await org.call('POST', `/groups/rules/${rule.body.id}/lifecycle/deactivate`);
  await org.call('DELETE', `/groups/${group.id}`);
  await org.call('POST', '/meta/schemas/user/default', { definitions: {} });
  expect((await read(org, next ?? '')).types).toEqual([
    'app.oauth2.credentials.lifecycle.create',
    'app.oauth2.credentials.lifecycle.deactivate',
    'app.oauth2.credentials.lifecycle.activate',
    'app.oauth2.credentials.lifecycle.deactivate',
    'app.oauth2.credentials.lifecycle.delete',
    'application.user_membership.add',
    'application.user_membership.update',
    'group.application_assignment.add',
    'group.application_assignment.update',
    'group.user_membership.add',
    'group.user_membership.remove',
    'group.user_membership.rule.add_exclusion',
    'group.user_membership.rule.deactivated',
    'group.lifecycle.delete',
    'group.user_membership.rule.invalidate',
    'group.application_assignment.remove',
    'directory.user_profile.update',
  ]);
});

test('an event names the call that led to it by the id of its answer', async () => {
  const org = await startOrg(LOGS);
  const reply = await org.call('POST', '/groups', { profile: { name: 'portal-1' } });
  const [event] = (await read(org)).events;
  expect(event?.transaction).toEqual({
    type: 'WEB',
    id: reply.headers.get('x-okta-request-id'),
    detail: { requestApiTokenId: expect.stringMatching(/^00T/) },
  });
});

test('what Okta does in the background is nobody else’s doing', async () => {
  const org = await startOrg(LOGS);
  const [group, app] = [await createGroup(org, 'portal-1'), await createPortal(org, 'Portal 1')];
  await create(org, 'ada@example.com', true, { groupIds: [group.id] });
  await org.call('PUT', `/apps/${app.id}/groups/${group.id}`);
  const event = (await read(org)).events.at(-1);
  expect(event).toMatchObject({
    eventType: 'application.user_membership.add',
    actor: { type: 'SystemPrincipal' },
    transaction: { type: 'JOB' },
  });
});

test('polling always has a next page, and finds there what is new', async () => {
  const org = await startOrg(LOGS);
  const empty = await read(org, '?limit=2');
  expect(empty.events).toEqual([]);
  for (const name of ['one', 'two', 'three']) await createGroup(org, name);
  const first = await read(org, empty.next ?? '');
  expect(first.events).toHaveLength(2);
  const second = await read(org, first.next ?? '');
  expect(second.events).toHaveLength(1);
  const third = await read(org, second.next ?? '');
  expect(third.events).toEqual([]);
  expect(third.next).not.toBeNull();
});

test('the next page of a poll does without since, which excludes after', async () => {
  const org = await startOrg(LOGS);
  await createGroup(org, 'one');
  const { next } = await read(org, `?since=${new Date(0 + Date.now() - 60_000).toISOString()}`);
  expect(next).not.toContain('since=');
  expect((await org.call('GET', `/logs${next}&since=2026-01-01T00:00:00Z`)).status).toBe(400);
});

test('a bounded request is ordered by publication, both ways, and ends', async () => {
  const org = await startOrg(LOGS);
  for (const name of ['one', 'two', 'three']) await createGroup(org, name);
  const all = (await read(org)).events.map(({ uuid }) => uuid);
  const bounds = `?since=${new Date(Date.now() - 60_000).toISOString()}&until=${new Date(Date.now() + 60_000).toISOString()}`;
  const first = await read(org, `${bounds}&limit=2`);
  const second = await read(org, first.next ?? '');
  expect([...first.events, ...second.events].map(({ uuid }) => uuid)).toEqual(all);
  expect(second.next).toBeNull();
  const down = await read(org, '?sortOrder=DESCENDING&limit=2');
  const rest = await read(org, down.next ?? '');
  expect([...down.events, ...rest.events].map(({ uuid }) => uuid)).toEqual(all.toReversed());
  expect(rest.next).toBeNull();
});

test('since and until bound the time of publication', async () => {
  const org = await startOrg(LOGS);
  await createGroup(org, 'one');
  const [event] = (await read(org)).events;
  const published = event?.published ?? '';
  const after = new Date(Date.parse(published) + 1).toISOString();
  expect((await read(org, `?since=${published}&until=${after}`)).events).toHaveLength(1);
  expect((await read(org, `?since=${after}`)).events).toEqual([]);
  expect((await read(org, `?until=${published}`)).events).toEqual([]);
});

test('a filter and keywords choose events', async () => {
  const org = await startOrg(LOGS);
  const { id } = await create(org, 'ada@example.com', true);
  await create(org, 'bob@example.com', true);
  const where = (filter: string) => read(org, `?filter=${encodeURIComponent(filter)}`);
  expect((await where('eventType eq "user.lifecycle.create"')).events).toHaveLength(2);
  expect((await where(`eventType sw "user.lifecycle" and target.id eq "${id}"`)).types).toEqual([
    'user.lifecycle.create',
    'user.lifecycle.activate',
  ]);
  expect((await where('target.alternateId co "bob"')).events).toHaveLength(2);
  expect((await read(org, '?q=BOB%20activate')).types).toEqual(['user.lifecycle.activate']);
});

test.each([
  ['filter=nonsense', 'E0000053'],
  ['filter=published%20gt%20%222026-01-01T00:00:00Z%22', 'E0000053'],
  ['since=2001-01-01T00:00:00Z', 'E0000053'],
  ['limit=-1', 'E0000002'],
  [`q=${'x'.repeat(41)}`, 'E0000002'],
  ['after=nonsense', 'E0000029'],
])('%s is refused with %s', async (query, code) => {
  const org = await startOrg(LOGS);
  expect((await org.call('GET', `/logs?${query}`)).body.errorCode).toBe(code);
});

test('with a lag an event can be read later', async () => {
  stopClock();
  const org = await startOrg({ ...LOGS, logLagMs: 150 });
  await createGroup(org, 'one');
  pass(149);
  const { events, next } = await read(org);
  expect(events).toEqual([]);
  pass(1);
  expect((await read(org, next ?? '')).events).toHaveLength(1);
});

test('late events are written out of order of publication, the same ones in every run', () => {
  const run = () => {
    const held: (() => void)[] = [];
    const later = (ms: number, work: () => void) => void (ms > 0 ? held.push(work) : work());
    const options = withDefaults({ port: 0, token: 't', logLatePercent: 50, logLateMs: 1000 });
    const log = createSystemLog(options, later);
    const types = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const type of types) log.publish({ type, targets: [] });
    for (const work of held) work();
    return Array.from(log.records.from(0), ([, { type }]) => type);
  };
  expect(run()).not.toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  expect(run().toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  expect(run()).toEqual(run());
});

test('only the last events are kept', async () => {
  const org = await startOrg({ ...LOGS, logCapacity: 2 });
  for (const name of ['one', 'two', 'three']) await createGroup(org, name);
  expect((await read(org)).events).toHaveLength(2);
});

test('the log has a bucket of its own', async () => {
  const org = await startOrg();
  const { headers } = await org.call('GET', '/logs');
  expect(headers.get('x-rate-limit-limit')).toBe('50');
});

interface LoginBody {
  readonly result: string;
  readonly reason: string | null;
}

function logIn(org: Org, login: string, rest: object = {}) {
  return org.control<LoginBody>('POST', 'logins', { login, ...rest });
}

test('a login is rehearsed: who chose a password and has the app gets in, and the log shows it', async () => {
  const org = await startOrg(LOGS);
  const app = await createPortal(org, 'Portal 1', { client_id: 'portal-1' });
  const { id } = await create(org, 'ada@example.com', true);
  await org.call('POST', `/apps/${app.id}/users`, { id });
  expect((await logIn(org, 'ada@example.com')).body).toEqual({
    result: 'FAILURE',
    reason: 'INVALID_CREDENTIALS',
  });
  const { next } = await read(org);
  const choice = { app: 'portal-1', choosesPassword: true };
  expect((await logIn(org, 'ada@example.com', choice)).body).toEqual({ result: 'SUCCESS', reason: null });
  const { events } = await read(org, next ?? '');
  expect(events.map(({ eventType, outcome }) => `${eventType} ${outcome.result}`)).toEqual([
    'user.session.start SUCCESS',
    'user.authentication.sso SUCCESS',
  ]);
  expect(events[0]?.actor).toMatchObject({ id, alternateId: 'ada@example.com' });
  const { body } = await org.call<{ status: string; lastLogin: string | null }>('GET', `/users/${id}`);
  expect(body).toMatchObject({ status: 'ACTIVE', lastLogin: expect.any(String) });
});

test('who is unknown or lacks the app does not get in', async () => {
  const org = await startOrg(LOGS);
  const app = await createPortal(org, 'Portal 1');
  await create(org, 'ada@example.com', true, { credentials: { password: { value: 'Geheim123' } } });
  expect((await logIn(org, 'bob@example.com')).body.reason).toBe('VERIFICATION_ERROR');
  expect((await logIn(org, 'ada@example.com', { app: app.id })).body.result).toBe('FAILURE');
  expect((await logIn(org, 'ada@example.com', { app: 'nowhere' })).status).toBe(400);
});
