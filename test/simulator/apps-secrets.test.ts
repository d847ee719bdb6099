import { createPortal, startAppOrg } from './apps-support.ts';
import { type ErrorBody, stopAll } from './support.ts';

afterEach(stopAll);

interface SecretBody {
  readonly id: string;
  readonly status: string;
  readonly client_secret: string;
  readonly _links: Readonly<Record<string, unknown>>;
}

async function startPortal() {
  const org = await startAppOrg();
  const app = await createPortal(org, 'Portal 1');
  const path = `/apps/${app.id}/credentials/secrets`;
  const list = async () => (await org.call<SecretBody[]>('GET', path)).body;
  return { org, app, path, list };
}

// Recorded in the tests of Okta's Terraform provider.
test('the secrets of an app are listed in clear', async () => {
  const { app, list } = await startPortal();
  const [secret, ...others] = await list();
  expect(others).toEqual([]);
  expect(secret).toMatchObject({
    status: 'ACTIVE',
    client_secret: app.credentials.oauthClient.client_secret,
  });
  expect(secret?.id).toMatch(/^ocs/);
});

// Recorded in the tests of Okta's Python SDK and Terraform provider: 201, the whole secret after a
// move, 204.
test('a second secret takes over: created, the first deactivated and deleted', async () => {
  const { org, path, list } = await startPortal();
  const [first] = await list();
  const second = await org.call<SecretBody>('POST', path, { client_secret: 'a-secret-of-its-own' });
  expect(second).toMatchObject({ status: 201, body: { client_secret: 'a-secret-of-its-own' } });
  const stopped = await org.call<SecretBody>('POST', `${path}/${first?.id}/lifecycle/deactivate`);
  expect(stopped.body).toMatchObject({ status: 'INACTIVE', client_secret: first?.client_secret });
  expect(Object.keys(stopped.body._links)).toEqual(['activate', 'delete']);
  expect((await org.call('DELETE', `${path}/${first?.id}`)).status).toBe(204);
  expect((await list()).map(({ id }) => id)).toEqual([second.body.id]);
});

test('a third secret, deletion of an active one and deactivation of the only one are refused', async () => {
  const { org, path, list } = await startPortal();
  const [first] = await list();
  expect((await org.call('POST', `${path}/${first?.id}/lifecycle/deactivate`)).status).toBe(400);
  const random = await org.call<SecretBody>('POST', path);
  expect(random.body.client_secret).toHaveLength(64);
  expect((await org.call('POST', path)).status).toBe(400);
  expect((await org.call('DELETE', `${path}/${first?.id}`)).status).toBe(400);
  expect((await org.call('GET', `${path}/ocs0`)).status).toBe(404);
});

const ORG2ORG = { name: 'okta_org2org', label: 'Hub', signOnMode: 'SAML_2_0' };

test('provisioning of an app that has it is switched off without touching the rest', async () => {
  const org = await startAppOrg();
  const { id } = (await org.call<{ id: string }>('POST', '/apps', ORG2ORG)).body;
  const path = `/apps/${id}/features/USER_PROVISIONING`;
  const update = (status: string) => ({ update: { lifecycleDeactivate: { status } } });
  const on = await org.call<object>('PUT', path, {
    ...update('ENABLED'),
    create: { lifecycleCreate: { status: 'ENABLED' } },
  });
  expect(on.body).toMatchObject({ status: 'ENABLED', capabilities: update('ENABLED') });
  await org.call('PUT', path, update('DISABLED'));
  expect((await org.call<object>('GET', path)).body).toMatchObject({
    name: 'USER_PROVISIONING',
    capabilities: { ...update('DISABLED'), create: { lifecycleCreate: { status: 'ENABLED' } } },
  });
  expect((await org.call<object[]>('GET', `/apps/${id}/features`)).body).toHaveLength(2);
});

// Recorded in the tests of Okta's Python SDK and Terraform provider.
test('other apps know no provisioning, unknown apps are not found first, and a body is needed', async () => {
  const { org, app } = await startPortal();
  const refused = await org.call<ErrorBody>('GET', `/apps/${app.id}/features`);
  expect(refused).toMatchObject({ status: 400, body: { errorCode: 'E0000001' } });
  expect((await org.call('GET', '/apps/0oa0/features/NONSENSE')).body.errorSummary).toContain('AppInstance');
  const { id } = (await org.call<{ id: string }>('POST', '/apps', ORG2ORG)).body;
  const empty = await org.call('PUT', `/apps/${id}/features/USER_PROVISIONING`);
  expect(empty.body.errorCode).toBe('E0000003');
});
