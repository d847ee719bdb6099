import { create, stopAll } from '../simulator/support.ts';
import { until } from '../simulator/until.ts';
import { ada, allOf, type Connect, judged, refusalOf, sorted, startOrg } from './support.ts';

afterEach(stopAll);

async function startWithGroup(connect: Connect, name = 'Admin Users Group') {
  const org = await startOrg();
  const client = connect(org);
  const { id: groupId = '' } = await client.groupApi.createGroup({ group: { profile: { name } } });
  return { org, client, groupId };
}

judged('a group is created, got, renamed and deleted', async (connect) => {
  const { client, groupId } = await startWithGroup(connect);
  expect(await client.groupApi.getGroup({ groupId })).toMatchObject({
    type: 'OKTA_GROUP',
    objectClass: ['okta:user_group'],
    profile: { name: 'Admin Users Group' },
  });
  const renamed = await client.groupApi.replaceGroup({
    groupId,
    group: { profile: { name: 'Administrators', description: 'All of them' } },
  });
  expect(renamed.profile).toMatchObject({ name: 'Administrators', description: 'All of them' });
  await client.groupApi.deleteGroup({ groupId });
  expect(await refusalOf(client.groupApi.getGroup({ groupId }))).toMatchObject({
    status: 404,
    errorSummary: `Not found: Resource not found: ${groupId} (UserGroup)`,
  });
});

judged('a second group of a name is refused', async (connect) => {
  const { client } = await startWithGroup(connect, 'portal-1');
  const again = client.groupApi.createGroup({ group: { profile: { name: 'portal-1' } } });
  expect(await refusalOf(again)).toMatchObject({ status: 400, errorCode: 'E0000001' });
});

judged('groups are found by q, search and filter, page by page', async (connect) => {
  const { client, groupId } = await startWithGroup(connect, 'portal-1');
  for (const name of ['portal-2', 'portal-3', 'other']) {
    await client.groupApi.createGroup({ group: { profile: { name } } });
  }
  const find = async (how: Parameters<typeof client.groupApi.listGroups>[0]) =>
    sorted((await allOf(client.groupApi.listGroups(how))).map(({ profile }) => profile?.name));
  expect(await find({ q: 'portal' })).toEqual(['portal-1', 'portal-2', 'portal-3']);
  expect(await find({ search: 'profile.name eq "portal-2"' })).toEqual(['portal-2']);
  expect(await find({ filter: `id eq "${groupId}"` })).toEqual(['portal-1']);
  expect(await find({ limit: 2 })).toEqual(['Everyone', 'other', 'portal-1', 'portal-2', 'portal-3']);
});

judged('members come, are listed page by page, and go', async (connect) => {
  const { org, client, groupId } = await startWithGroup(connect);
  for (const name of ['ada', 'bob', 'eve']) {
    const { id: userId } = await create(org, `${name}@example.com`);
    await client.groupApi.assignUserToGroup({ groupId, userId });
    await client.groupApi.assignUserToGroup({ groupId, userId }); // twice is once
  }
  const members = await allOf(client.groupApi.listGroupUsers({ groupId, limit: 2 }));
  expect(sorted(members.map(({ profile }) => profile?.login))).toEqual([
    'ada@example.com',
    'bob@example.com',
    'eve@example.com',
  ]);
  for (const { id: userId = '' } of members) await client.groupApi.unassignUserFromGroup({ groupId, userId });
  expect(await allOf(client.groupApi.listGroupUsers({ groupId }))).toEqual([]);
});

judged('a rule is created, activated, places whom it matches, is replaced and deleted', async (connect) => {
  const { client, groupId } = await startWithGroup(connect);
  const rule = await client.groupApi.createGroupRule({
    groupRule: {
      type: 'group_rule',
      name: 'Engineering group rule',
      conditions: {
        expression: { value: 'user.department == "engineering"', type: 'urn:okta:expression:1.0' },
      },
      actions: { assignUserToGroups: { groupIds: [groupId] } },
    },
  });
  const ruleId = rule.id ?? '';
  expect(rule).toMatchObject({ status: 'INACTIVE', type: 'group_rule' });
  await client.groupApi.activateGroupRule({ ruleId });
  const { id } = await client.userApi.createUser({
    body: { profile: { ...ada, department: 'engineering' } },
  });
  await until(async () => (await allOf(client.groupApi.listGroupUsers({ groupId }))).length === 1);
  expect(await allOf(client.groupApi.listGroupUsers({ groupId }))).toMatchObject([{ id }]);

  await client.groupApi.deactivateGroupRule({ ruleId });
  const groupRule = await client.groupApi.getGroupRule({ ruleId });
  groupRule.name = 'Renamed';
  expect(await client.groupApi.replaceGroupRule({ ruleId, groupRule })).toMatchObject({ name: 'Renamed' });
  expect(await allOf(client.groupApi.listGroupRules({ limit: 50 }))).toMatchObject([
    { id: ruleId, name: 'Renamed', status: 'INACTIVE' },
  ]);
  await client.groupApi.deleteGroupRule({ ruleId });
  expect(await refusalOf(client.groupApi.getGroupRule({ ruleId }))).toMatchObject({ status: 404 });
});
