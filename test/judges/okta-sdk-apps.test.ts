import { portal, startAppOrg } from '../simulator/apps-support.ts';
import { create, createGroup, type Org, stopAll } from '../simulator/support.ts';
import { until } from '../simulator/until.ts';
import { allOf, type Client, type Connect, judged, refusalOf, serviceApp, sorted } from './support.ts';

afterEach(stopAll);

type Application = Parameters<Client['applicationApi']['createApplication']>[0]['application'];
type OidcApplication = Application & {
  credentials?: { oauthClient?: { client_id?: string; client_secret?: string } };
};

interface Started {
  org: Org;
  client: Client;
  app: OidcApplication;
  appId: string;
}

async function startWithApp(connect: Connect, oauthClient: object = {}): Promise<Started> {
  const org = await startAppOrg({ serviceApps: [serviceApp] });
  const client = connect(org);
  const app = await createApp(client, 'Portal 1', oauthClient);
  return { org, client, app, appId: app.id ?? '' };
}

async function createApp(client: Client, label: string, oauthClient: object = {}): Promise<OidcApplication> {
  return client.applicationApi.createApplication({ application: portal(label, oauthClient) as Application });
}

judged('an OIDC app has its id for a client id and a random secret', async (connect) => {
  const { app, appId } = await startWithApp(connect);
  expect(app).toMatchObject({ status: 'ACTIVE', label: 'Portal 1', signOnMode: 'OPENID_CONNECT' });
  expect(app.credentials?.oauthClient?.client_id).toBe(appId);
  expect(app.credentials?.oauthClient?.client_secret).toHaveLength(64);
});

judged('an OIDC app takes a client id and a secret of its own', async (connect) => {
  const own = { client_id: 'portal-client', client_secret: 'a-secret-of-its-own' };
  const { client, app, appId } = await startWithApp(connect, own);
  expect(app.credentials?.oauthClient).toMatchObject(own);
  const secrets = await allOf(client.applicationSSOPublicKeysApi.listOAuth2ClientSecrets({ appId }));
  expect(secrets).toMatchObject([{ status: 'ACTIVE', client_secret: own.client_secret }]);
});

judged('an app read, changed and put back is changed', async (connect) => {
  const { client, appId } = await startWithApp(connect);
  const application = await client.applicationApi.getApplication({ appId });
  application.label = 'Portal One';
  expect(await client.applicationApi.replaceApplication({ appId, application })).toMatchObject({
    id: appId,
    label: 'Portal One',
  });
});

judged('apps are listed page by page and found by the start of their label', async (connect) => {
  const { client } = await startWithApp(connect);
  for (const label of ['Portal 10', 'Other']) await createApp(client, label);
  const labels = async (how: Parameters<typeof client.applicationApi.listApplications>[0]) =>
    sorted((await allOf(client.applicationApi.listApplications(how))).map(({ label }) => label));
  expect(await labels({ limit: 1 })).toEqual(['Other', 'Portal 1', 'Portal 10']);
  expect(await labels({ q: 'Portal 1' })).toEqual(['Portal 1', 'Portal 10']);
  expect(await labels({ filter: 'status eq "INACTIVE"' })).toEqual([]);
});

judged('an app is deleted only when inactive', async (connect) => {
  const { client, appId } = await startWithApp(connect);
  expect(await refusalOf(client.applicationApi.deleteApplication({ appId }))).toMatchObject({
    status: 403,
    errorCode: 'E0000056',
    errorCauses: [{ errorSummary: 'The application must be deactivated before deletion.' }],
  });
  await client.applicationApi.deactivateApplication({ appId });
  await client.applicationApi.activateApplication({ appId });
  await client.applicationApi.deactivateApplication({ appId });
  await client.applicationApi.deleteApplication({ appId });
  expect(await refusalOf(client.applicationApi.getApplication({ appId }))).toMatchObject({
    status: 404,
    errorSummary: `Not found: Resource not found: ${appId} (AppInstance)`,
  });
});

judged('secrets are created, turned off and on again, and deleted', async (connect) => {
  const { client, appId } = await startWithApp(connect);
  const api = client.applicationSSOPublicKeysApi;
  const { id: secretId = '' } = await api.createOAuth2ClientSecret({
    appId,
    oAuth2ClientSecretRequestBody: { client_secret: 'a-second-secret' },
  });
  expect(await api.deactivateOAuth2ClientSecret({ appId, secretId })).toMatchObject({
    status: 'INACTIVE',
    client_secret: 'a-second-secret',
  });
  expect(await api.activateOAuth2ClientSecret({ appId, secretId })).toMatchObject({ status: 'ACTIVE' });
  await api.deactivateOAuth2ClientSecret({ appId, secretId });
  expect(await api.getOAuth2ClientSecret({ appId, secretId })).toMatchObject({ status: 'INACTIVE' });
  await api.deleteOAuth2ClientSecret({ appId, secretId });
  expect(await allOf(api.listOAuth2ClientSecrets({ appId }))).toHaveLength(1);
});

judged('a user is assigned one by one, changed, listed and unassigned', async (connect) => {
  const { org, client, appId } = await startWithApp(connect);
  const { id: userId } = await create(org, 'ada@example.com', true);
  const appUser = await client.applicationApi.assignUserToApplication({
    appId,
    appUser: { id: userId, scope: 'USER', credentials: { userName: 'ada' } },
  });
  expect(appUser).toMatchObject({ id: userId, scope: 'USER', credentials: { userName: 'ada' } });
  await client.applicationApi.updateApplicationUser({
    appId,
    userId,
    appUser: { credentials: { userName: 'countess' } },
  });
  expect(await client.applicationApi.getApplicationUser({ appId, userId })).toMatchObject({
    credentials: { userName: 'countess' },
  });
  expect(await allOf(client.applicationApi.listApplicationUsers({ appId, limit: 1 }))).toHaveLength(1);
  expect(await allOf(client.userApi.listAppLinks({ userId }))).toMatchObject([{ appInstanceId: appId }]);
  await client.applicationApi.unassignUserFromApplication({ appId, userId });
  expect(await allOf(client.applicationApi.listApplicationUsers({ appId }))).toEqual([]);
});

judged('a group is assigned, its members follow, and none is unassigned one by one', async (connect) => {
  const { org, client, appId } = await startWithApp(connect);
  const { id: groupId } = await createGroup(org, 'portal-1');
  const { id: userId } = await create(org, 'ada@example.com', true, { groupIds: [groupId] });
  const assignment = await client.applicationApi.assignGroupToApplication({
    appId,
    groupId,
    applicationGroupAssignment: {},
  });
  expect(assignment).toMatchObject({ id: groupId });
  const users = () => allOf(client.applicationApi.listApplicationUsers({ appId }));
  await until(async () => (await users()).length === 1);
  expect(await users()).toMatchObject([{ id: userId, scope: 'GROUP' }]);
  expect(await refusalOf(client.applicationApi.unassignUserFromApplication({ appId, userId }))).toMatchObject(
    { status: 403, errorCode: 'E0000046' },
  );

  expect(await client.applicationApi.getApplicationGroupAssignment({ appId, groupId })).toMatchObject({
    id: groupId,
  });
  const listed = allOf(client.applicationApi.listApplicationGroupAssignments({ appId, limit: 20 }));
  expect(await listed).toMatchObject([{ id: groupId }]);
  const apps = await allOf(client.groupApi.listAssignedApplicationsForGroup({ groupId }));
  expect(apps.map(({ id }) => id)).toEqual([appId]);
  await client.applicationApi.unassignApplicationFromGroup({ appId, groupId });
  await until(async () => (await users()).length === 0);
});

judged('deprovisioning is turned off where there is any; an OIDC app has no features', async (connect) => {
  const { client, appId: oidcId } = await startWithApp(connect);
  const refusal = refusalOf(allOf(client.applicationApi.listFeaturesForApplication({ appId: oidcId })));
  expect(await refusal).toMatchObject({
    status: 400,
    errorCode: 'E0000001',
    errorCauses: [{ errorSummary: 'Provisioning is not supported.' }],
  });
  const { id: appId = '' } = await client.applicationApi.createApplication({
    application: { name: 'okta_org2org', label: 'Old org', signOnMode: 'SAML_2_0' } as Application,
  });
  const names = (await allOf(client.applicationApi.listFeaturesForApplication({ appId }))).map(
    ({ name }) => name,
  );
  expect(names).toEqual(['USER_PROVISIONING', 'INBOUND_PROVISIONING']);
  const name = 'USER_PROVISIONING';
  await client.applicationApi.updateFeatureForApplication({
    appId,
    name,
    CapabilitiesObject: {
      create: { lifecycleCreate: { status: 'ENABLED' } },
      update: { lifecycleDeactivate: { status: 'DISABLED' } },
    },
  });
  expect(await client.applicationApi.getFeatureForApplication({ appId, name })).toMatchObject({
    status: 'ENABLED',
    capabilities: { update: { lifecycleDeactivate: { status: 'DISABLED' } } },
  });
});
