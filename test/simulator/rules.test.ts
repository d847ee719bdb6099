import { parseRuleExpression } from '../../simulator/rule-expression.ts';
import { pass, startClock, stopClock } from './clock.ts';
import { create, createGroup, type Org, person, startOrg, stopAll, type UserBody } from './support.ts';

afterEach(async () => {
  await stopAll();
  startClock();
});

interface RuleBody {
  readonly id: string;
  readonly status: string;
  readonly allGroupsValid: boolean;
  readonly conditions: { readonly people: { readonly users: { readonly exclude: readonly string[] } } };
}

const ada = {
  profile: { department: 'portal-1', login: 'ada@example.com' },
  groups: [{ id: '00g1', name: 'admins' }],
};

test.each([
  ['user.department == "portal-1"', true],
  ["user.department=='portal-2'", false],
  ['user.department != "portal-1" || user.login == "ada@example.com"', true],
  ['user.department == "portal-1" && !(user.login == "ada@example.com")', false],
  ['user.city == null AND user.department != null', true],
  ['String.startsWith(user.department, "portal-") and String.stringContains(user.login, "@example")', true],
  ['String.startsWith(user.city, "B")', false],
  ['String.toLowerCase("ADA") eq "ada"', true],
  ['isMemberOfGroupName("admins")', true],
  ['isMemberOfAnyGroup("00g2", "00g1")', true],
  ['isMemberOfGroup("00g2")', false],
  ['user.department', false],
])('%s is %s', (text, expected) => {
  expect(parseRuleExpression(text)?.(ada)).toBe(expected);
});

test.each([
  '',
  'user.department ==',
  'department == "x"',
  'Math.max(1, 2)',
  '(user.x == 1',
  'user.x == 1 2',
  '§',
])('the expression "%s" is not understood', (text) => {
  expect(parseRuleExpression(text)).toBeNull();
});

function ruleFor(groupId: string, value = 'user.department == "portal-1"', name = 'Portal 1') {
  return {
    type: 'group_rule',
    name,
    conditions: { expression: { type: 'urn:okta:expression:1.0', value } },
    actions: { assignUserToGroups: { groupIds: [groupId] } },
  };
}

async function createRule(org: Org, groupId: string, value?: string, name?: string): Promise<RuleBody> {
  const reply = await org.call<RuleBody>('POST', '/groups/rules', ruleFor(groupId, value, name));
  expect(reply).toMatchObject({ status: 200, body: { status: 'INACTIVE', allGroupsValid: true } });
  return reply.body;
}

async function activate(org: Org, { id }: RuleBody) {
  expect((await org.call('POST', `/groups/rules/${id}/lifecycle/activate`)).status).toBe(204);
}

async function createIn(org: Org, login: string, department: string): Promise<UserBody> {
  return (await org.call<UserBody>('POST', '/users?activate=false', person(login, { department }))).body;
}

async function membersOf(org: Org, groupId: string): Promise<(string | null | undefined)[]> {
  const { body } = await org.call<UserBody[]>('GET', `/groups/${groupId}/users`);
  return body.map(({ profile }) => profile.login);
}

// Recorded in the tests of Okta's Python SDK and Terraform provider.
test('a rule is inactive when new, and answers with its exceptions filled in', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  await createIn(org, 'ada@example.com', 'portal-1');
  const rule = await createRule(org, group.id);
  expect(rule.id).toMatch(/^0pr/);
  expect(rule.conditions).toMatchObject({ people: { users: { exclude: [] }, groups: { exclude: [] } } });
  expect(await membersOf(org, group.id)).toEqual([]);
});

test('an active rule places who is there, who comes and who changes, and lets go of who matches no more', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  const ada = await createIn(org, 'ada@example.com', 'portal-1');
  const bob = await createIn(org, 'bob@example.com', 'portal-2');
  await activate(org, await createRule(org, group.id));
  await createIn(org, 'eve@example.com', 'portal-1');
  expect(await membersOf(org, group.id)).toEqual(['ada@example.com', 'eve@example.com']);
  await org.call('POST', `/users/${bob.id}`, { profile: { department: 'portal-1' } });
  await org.call('POST', `/users/${ada.id}`, { profile: { department: 'portal-2' } });
  expect(await membersOf(org, group.id)).toEqual(['bob@example.com', 'eve@example.com']);
});

test('who was a member by hand stays one, whatever a rule thinks', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  const ada = await createIn(org, 'ada@example.com', 'portal-1');
  await org.call('PUT', `/groups/${group.id}/users/${ada.id}`);
  await activate(org, await createRule(org, group.id));
  await org.call('POST', `/users/${ada.id}`, { profile: { department: 'portal-2' } });
  expect(await membersOf(org, group.id)).toEqual(['ada@example.com']);
});

test('who is removed by hand becomes an exception', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  const ada = await createIn(org, 'ada@example.com', 'portal-1');
  const rule = await createRule(org, group.id);
  await activate(org, rule);
  await org.call('DELETE', `/groups/${group.id}/users/${ada.id}`);
  await org.call('POST', `/users/${ada.id}`, { profile: { city: 'London' } });
  expect(await membersOf(org, group.id)).toEqual([]);
  const { body } = await org.call<RuleBody>('GET', `/groups/rules/${rule.id}`);
  expect(body.conditions.people.users.exclude).toEqual([ada.id]);
});

test('who matches two rules loses a group only with the second', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  const ada = await createIn(org, 'ada@example.com', 'portal-1');
  await activate(org, await createRule(org, group.id));
  await activate(org, await createRule(org, group.id, 'user.city == "London"', 'Londoners'));
  await org.call('POST', `/users/${ada.id}`, { profile: { city: 'London' } });
  await org.call('POST', `/users/${ada.id}`, { profile: { department: 'none' } });
  expect(await membersOf(org, group.id)).toEqual(['ada@example.com']);
  await org.call('POST', `/users/${ada.id}`, { profile: { city: 'Paris' } });
  expect(await membersOf(org, group.id)).toEqual([]);
});

test('a rule that follows from another is evaluated, one that contradicts itself comes to an end', async () => {
  const org = await startOrg();
  const [one, two] = [await createGroup(org, 'one'), await createGroup(org, 'two')];
  await activate(org, await createRule(org, two.id, `isMemberOfGroup("${one.id}")`, 'follows'));
  await activate(org, await createRule(org, one.id, `!isMemberOfGroup("${one.id}")`, 'contradicts'));
  const ada = await create(org, 'ada@example.com');
  await org.call('PUT', `/groups/${one.id}/users/${ada.id}`);
  expect((await org.call('GET', `/users/${ada.id}`)).status).toBe(200);
});

test('with a lag users are placed later', async () => {
  stopClock();
  const org = await startOrg({ ruleLagMs: 150 });
  const group = await createGroup(org, 'portal-1');
  await createIn(org, 'ada@example.com', 'portal-1');
  await activate(org, await createRule(org, group.id));
  pass(149);
  expect(await membersOf(org, group.id)).toEqual([]);
  pass(1);
  expect(await membersOf(org, group.id)).toHaveLength(1);
});

test('a rule is deleted when it is inactive, and takes its members along only when told to', async () => {
  for (const [query, left] of [
    ['', 1],
    ['?removeUsers=true', 0],
  ] as const) {
    const org = await startOrg();
    const group = await createGroup(org, 'portal-1');
    await createIn(org, 'ada@example.com', 'portal-1');
    const rule = await createRule(org, group.id);
    await activate(org, rule);
    const path = `/groups/rules/${rule.id}`;
    expect((await org.call('DELETE', path)).status).toBe(400);
    expect((await org.call('POST', `${path}/lifecycle/deactivate`)).status).toBe(204);
    expect((await org.call('DELETE', path + query)).status).toBe(202);
    expect(await membersOf(org, group.id)).toHaveLength(left);
    expect((await org.call('GET', path)).body.errorSummary).toContain('(GroupRule)');
  }
});

// Recorded in the tests of Okta's Python SDK and Terraform provider.
test('a rule that loses its group is invalid, and can be deleted as it is', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  const rule = await createRule(org, group.id);
  await activate(org, rule);
  await org.call('DELETE', `/groups/${group.id}`);
  const { body } = await org.call<RuleBody>('GET', `/groups/rules/${rule.id}`);
  expect(body).toMatchObject({ status: 'INVALID', allGroupsValid: false });
  expect(await org.call('DELETE', `/groups/rules/${rule.id}`)).toMatchObject({ status: 202, body: {} });
});

test('an inactive rule is replaced, an active one is not', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  await createIn(org, 'ada@example.com', 'portal-2');
  const rule = await createRule(org, group.id);
  const changed = ruleFor(group.id, 'user.department == "portal-2"');
  expect((await org.call('PUT', `/groups/rules/${rule.id}`, changed)).status).toBe(200);
  await activate(org, rule);
  expect(await membersOf(org, group.id)).toEqual(['ada@example.com']);
  expect((await org.call('PUT', `/groups/rules/${rule.id}`, changed)).status).toBe(400);
});

test('bad names, expressions and groups are refused, and rules are found by a part of their name', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  await createRule(org, group.id);
  const replies = [
    await org.call('POST', '/groups/rules', ruleFor(group.id)),
    await org.call('POST', '/groups/rules', ruleFor(group.id, undefined, 'x'.repeat(51))),
    await org.call('POST', '/groups/rules', ruleFor(group.id, 'nonsense', 'Portal 2')),
    await org.call('POST', '/groups/rules', ruleFor('00g0', undefined, 'Portal 2')),
  ];
  expect(replies.map(({ status }) => status)).toEqual([400, 400, 400, 404]);
  expect((await org.call<RuleBody[]>('GET', '/groups/rules?search=tal')).body).toHaveLength(1);
  expect((await org.call<RuleBody[]>('GET', '/groups/rules?search=shop')).body).toEqual([]);
});

test('a fault can answer as Okta does to rules created at the same time', async () => {
  const org = await startOrg();
  const group = await createGroup(org, 'portal-1');
  const fault = { kind: 'status', status: 423 };
  await org.control('POST', 'faults', { method: 'POST', path: '/api/v1/groups/rules', times: 1, fault });
  const refused = await org.call('POST', '/groups/rules', ruleFor(group.id));
  expect(refused).toMatchObject({ status: 423, body: { errorCode: 'E0000239' } });
  await createRule(org, group.id);
});
