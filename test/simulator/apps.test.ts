import { type AppBody, createPortal, portal, startAppOrg } from './apps-support.ts';
import { startOrg, stopAll } from './support.ts';

afterEach(stopAll);

test('a portal is created with an id and a secret of 64 characters, which a later read does not show', async () => {
  const org = await startAppOrg();
  const app = await createPortal(org, 'Portal 1');
  expect(app).toMatchObject({ name: 'oidc_client', label: 'Portal 1', status: 'ACTIVE' });
  expect(app.id).toMatch(/^0oa[0-9A-Za-z]{17}$/);
  expect(app.credentials.oauthClient.client_id).toBe(app.id);
  expect(app.credentials.oauthClient.client_secret).toMatch(/^[\w-]{64}$/);
  const { body } = await org.call<AppBody>('GET', `/apps/${app.id}`);
  expect(body.credentials.oauthClient).not.toHaveProperty('client_secret');
  expect(body.settings.oauthClient).toMatchObject({
    consent_method: 'TRUSTED',
    wildcard_redirect: 'DISABLED',
  });
});

test('a portal keeps the client id and secret that it brings along', async () => {
  const org = await startAppOrg();
  const own = { client_id: 'portal-1', client_secret: 'a-secret-of-its-own' };
  expect((await createPortal(org, 'Portal 1', own)).credentials.oauthClient).toMatchObject(own);
});

test('a client id is given once, and free again when its app is deleted', async () => {
  const org = await startAppOrg();
  const { id } = await createPortal(org, 'Portal 1', { client_id: 'portal-1' });
  const again = portal('Portal 2', { client_id: 'portal-1' });
  expect(await org.call('POST', '/apps', again)).toMatchObject({
    status: 400,
    body: { errorCode: 'E0000001', errorSummary: 'Api validation failed: client_id' },
  });
  await org.call('POST', `/apps/${id}/lifecycle/deactivate`);
  await org.call('DELETE', `/apps/${id}`);
  expect((await org.call('POST', '/apps', again)).status).toBe(200);
});

test('a browser app has no secret and must use PKCE', async () => {
  const org = await startAppOrg();
  const browser = (client: object) =>
    portal('Portal', { token_endpoint_auth_method: 'none', ...client }, { application_type: 'browser' });
  const app = await org.call<AppBody>('POST', '/apps', browser({}));
  expect(app.body.credentials.oauthClient).toMatchObject({
    token_endpoint_auth_method: 'none',
    pkce_required: true,
  });
  expect(app.body.credentials.oauthClient).not.toHaveProperty('client_secret');
  expect((await org.call('GET', `/apps/${app.body.id}/credentials/secrets`)).body).toEqual([]);
  expect((await org.call('POST', '/apps', browser({ pkce_required: false }))).status).toBe(400);
  const secretive = portal('Portal', {}, { application_type: 'browser' });
  expect((await org.call('POST', '/apps', secretive)).status).toBe(400);
});

test.each([
  ['no label', { ...portal('x'), label: '' }, 'label: The field cannot be left blank'],
  ['a short client id', portal('x', { client_id: 'short' }), 'client_id: The value is invalid'],
  ['a short secret', portal('x', { client_secret: 'short' }), 'client_secret: The value is invalid'],
  ['no grants', portal('x', {}, { grant_types: [] }), 'grant_types: The field cannot be left blank'],
  ['no redirects', portal('x', {}, { redirect_uris: [] }), 'redirect_uris: The field cannot be left blank'],
  [
    'a fragment',
    portal('x', {}, { redirect_uris: ['https://portal.example.com/#/login'] }),
    "redirect_uris: ''redirect_uris'' must not contain a fragment identifier.",
  ],
  ['another kind of sign-on', { ...portal('x'), signOnMode: 'SAML_2_0' }, 'Invalid signOnMode'],
])('%s is refused with its cause', async (_what, body, cause) => {
  const org = await startAppOrg();
  const refused = await org.call('POST', '/apps', body);
  expect(refused).toMatchObject({ status: 400, body: { errorCode: 'E0000001' } });
  expect(refused.body.errorCauses).toEqual([{ errorSummary: cause }]);
});

test('two apps may have one label, unless the org is told to refuse it', async () => {
  const [lenient, strict] = [await startAppOrg(), await startAppOrg({ uniqueAppLabels: true })];
  for (const org of [lenient, strict]) await createPortal(org, 'Portal');
  expect((await lenient.call('POST', '/apps', portal('Portal'))).status).toBe(200);
  expect(await strict.call('POST', '/apps', portal('Portal'))).toMatchObject({
    status: 400,
    body: { errorCode: 'E0000040' },
  });
});

// Recorded in the tests of Okta's Python SDK and Terraform provider: PUT shows the secret, no GET and
// no list does.
test('PUT replaces, shows the secret and leaves it as it was', async () => {
  const org = await startAppOrg();
  const before = await createPortal(org, 'Portal 1');
  const changed = portal('Portal one', {}, { redirect_uris: ['https://one.example.com/'] });
  const { status, body } = await org.call<AppBody>('PUT', `/apps/${before.id}`, changed);
  expect(status).toBe(200);
  expect(body.label).toBe('Portal one');
  expect(body.credentials).toEqual(before.credentials);
  expect(body.settings.oauthClient.redirect_uris).toEqual(['https://one.example.com/']);
  const own = portal('Portal one', { client_id: before.id, client_secret: 'a-secret-of-its-own' });
  const { credentials } = (await org.call<AppBody>('PUT', `/apps/${before.id}`, own)).body;
  expect(credentials.oauthClient.client_secret).toBe('a-secret-of-its-own');
});

test('PUT cannot change the client id', async () => {
  const org = await startAppOrg();
  const { id } = await createPortal(org, 'Portal 1');
  expect((await org.call('PUT', `/apps/${id}`, portal('Portal 1', { client_id: 'another' }))).status).toBe(
    400,
  );
});

test('an app read can be put back as it is', async () => {
  const org = await startAppOrg();
  const { id } = await createPortal(org, 'Portal 1');
  const { body } = await org.call<AppBody>('GET', `/apps/${id}`);
  expect((await org.call<AppBody>('PUT', `/apps/${id}`, body)).body.settings).toEqual(body.settings);
});

test('q finds the start of a label or a name, whatever its case, and pages', async () => {
  const org = await startAppOrg();
  for (const label of ['Portal 1', 'Portal 10', 'Shop']) await createPortal(org, label);
  const first = await org.call<AppBody[]>('GET', '/apps?q=portal&limit=1');
  expect(first.body.map(({ label }) => label)).toEqual(['Portal 1']);
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  const second = await org.call<AppBody[]>('GET', next.replace(`${org.url}/api/v1`, ''));
  expect(second.body.map(({ label }) => label)).toEqual(['Portal 10']);
  expect(second.headers.get('link')).not.toContain('rel="next"');
  expect((await org.call<AppBody[]>('GET', '/apps?q=oidc_')).body).toHaveLength(3);
});

// Recorded in the tests of Okta's Python SDK and Terraform provider: the words about cursors and
// expansions.
test('a list takes one equation as filter and refuses bad cursors and expansions', async () => {
  const org = await startAppOrg();
  const { id } = await createPortal(org, 'Portal 1');
  await createPortal(org, 'Portal 2');
  await org.call('POST', `/apps/${id}/lifecycle/deactivate`);
  const filter = encodeURIComponent('status eq "INACTIVE"');
  const { body } = await org.call<AppBody[]>('GET', `/apps?filter=${filter}`);
  expect(body.map((app) => app.id)).toEqual([id]);
  const byLabel = encodeURIComponent('label eq "Portal 1"');
  expect((await org.call('GET', `/apps?filter=${byLabel}`)).body.errorCode).toBe('E0000031');
  expect((await org.call('GET', '/apps?after=nowhere')).body.errorCode).toBe('E0000029');
  expect((await org.call('GET', '/apps?expand=everything')).body).toMatchObject({
    errorSummary: 'Api validation failed: RequestParams',
    errorCauses: [{ errorSummary: 'Expand query is malformed.' }],
  });
});

// Recorded in the tests of Okta's Terraform provider: the cause of E0000056.
test('an app is deleted only when it is inactive', async () => {
  const org = await startAppOrg();
  const { id } = await createPortal(org, 'Portal 1');
  expect(await org.call('DELETE', `/apps/${id}`)).toMatchObject({
    status: 403,
    body: {
      errorCode: 'E0000056',
      errorCauses: [{ errorSummary: 'The application must be deactivated before deletion.' }],
    },
  });
  for (const _ of [1, 2]) {
    const reply = await org.call('POST', `/apps/${id}/lifecycle/deactivate`);
    expect(reply).toMatchObject({ status: 200, body: {} });
  }
  expect((await org.call('DELETE', `/apps/${id}`)).status).toBe(204);
  expect(await org.call('GET', `/apps/${id}`)).toMatchObject({
    status: 404,
    body: { errorCode: 'E0000007', errorSummary: `Not found: Resource not found: ${id} (AppInstance)` },
  });
});

// Recorded in the tests of Okta's Python SDK and Terraform provider.
test('an app made inactive is deleted at once, and an inactive one can be activated', async () => {
  const org = await startAppOrg();
  const { body } = await org.call<AppBody>('POST', '/apps?activate=false', portal('Portal 1'));
  expect(body.status).toBe('INACTIVE');
  expect(body._links).toHaveProperty('activate');
  await org.call('POST', `/apps/${body.id}/lifecycle/activate`);
  expect((await org.call<AppBody>('GET', `/apps/${body.id}`)).body.status).toBe('ACTIVE');
});

test('apps are made, listed and moved in a bucket of 100 a minute, and read in another', async () => {
  const org = await startOrg();
  const created = await org.call<AppBody>('POST', '/apps', portal('Portal 1'));
  expect(created.headers.get('x-rate-limit-limit')).toBe('100');
  const listed = await org.call('GET', '/apps');
  expect(listed.headers.get('x-rate-limit-remaining')).toBe('98');
  const read = await org.call('GET', `/apps/${created.body.id}`);
  expect(read.headers.get('x-rate-limit-limit')).toBe('600');
});
