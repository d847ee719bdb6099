import { create, type Org, person, startOrg, stopAll, type UserBody } from './support.ts';

afterEach(stopAll);

interface Schema {
  id: string;
  definitions: Record<'base' | 'custom', { properties: Record<string, object>; required: string[] }>;
}

const SCHEMA = '/meta/schemas/user/default';

function define(org: Org, custom: object, base: object = {}) {
  return org.call<Schema>('POST', SCHEMA, {
    definitions: { custom: { properties: custom }, base: { properties: base } },
  });
}

test('an org begins with the 31 base attributes and none of its own', async () => {
  const org = await startOrg();
  const { body, headers } = await org.call<Schema>('GET', SCHEMA);
  expect(Object.keys(body.definitions.base.properties)).toHaveLength(31);
  expect(body.definitions.base.required).toEqual(['login', 'email', 'firstName', 'lastName']);
  expect(body.definitions.custom).toEqual({ id: '#custom', type: 'object', properties: {}, required: [] });
  expect(headers.get('x-rate-limit-limit')).toBe('600');
});

test('the schema that a user links to is the default one', async () => {
  const org = await startOrg();
  const user = await create(org, 'ada@example.com');
  const { href } = user._links.schema as { href: string };
  const path = href.replace(`${org.url}/api/v1`, '');
  expect((await org.call<Schema>('GET', path)).body.id).toBe(href);
  expect((await org.call('GET', '/meta/schemas/user/oscNope')).status).toBe(404);
});

// Recorded in the tests of Okta's Terraform provider: an attribute has to be in the schema first.
test('an attribute of its own is taken once the schema has it, and held to its type', async () => {
  const org = await startOrg();
  const early = await org.call('POST', '/users', person('ada@example.com', { portalKey: 'a' }));
  expect(early.body).toMatchObject({
    errorSummary: 'Api validation failed: newUser',
    errorCauses: [{ errorSummary: "Property name 'portalKey' is not defined in profile" }],
  });
  const defined = await define(org, {
    portalKey: { title: 'Portal', type: 'string', maxLength: 3 },
    points: { title: 'Points', type: 'integer' },
    portals: { title: 'Portals', type: 'array', items: { type: 'string' } },
  });
  expect(defined.status).toBe(200);
  const profile = { portalKey: 'abc', points: 7, portals: ['a', 'b'] };
  const { body } = await org.call<UserBody>('POST', '/users', person('ada@example.com', profile));
  expect(body.profile).toMatchObject(profile);
  const wrong = await org.call('POST', `/users/${body.id}`, {
    profile: { portalKey: 'abcd', points: 1.5, portals: [1] },
  });
  expect(wrong.body.errorCauses.map((cause) => cause.errorSummary)).toEqual([
    'portalKey: The field cannot be longer than 3 characters',
    'points: The value must be an integer',
    'portals: The values must be of the type string',
  ]);
});

test('an attribute that is required is missed, one removed takes its values with it', async () => {
  const org = await startOrg();
  await define(org, { portalKey: { title: 'Portal', type: 'string', required: true } });
  const without = await org.call('POST', '/users', person('ada@example.com'));
  expect(without.body.errorCauses).toEqual([{ errorSummary: 'portalKey: The field cannot be left blank' }]);
  const { id } = (await org.call<UserBody>('POST', '/users', person('ada@example.com', { portalKey: 'a' })))
    .body;
  await define(org, { portalKey: null });
  expect((await org.call<UserBody>('GET', `/users/${id}`)).body.profile).not.toHaveProperty('portalKey');
});

test.each([
  [{ login: { title: 'x', type: 'string' } }],
  [{ '1st': { title: 'x', type: 'string' } }],
  [{ a: { type: 'string' } }],
  [{ a: { title: 'x', type: 'date' } }],
  [{ a: null }],
  [{ known: { title: 'x', type: 'number' } }],
  [{ a: { title: 'x', type: 'string', enum: { 0: 'b' } } }],
])('the attribute %j is refused, and nothing else of the same call is taken', async (custom) => {
  const org = await startOrg();
  await define(org, { known: { title: 'x', type: 'string' } });
  const reply = await define(org, { fine: { title: 'x', type: 'string' }, ...custom });
  expect(reply.status).toBe(400);
  const { body } = await org.call<Schema>('GET', SCHEMA);
  expect(Object.keys(body.definitions.custom.properties)).toEqual(['known']);
});

// Okta, Users API: login pattern validation.
test('a login need not be an email address when the pattern of the schema says so', async () => {
  const org = await startOrg();
  expect((await org.call('POST', '/users', person('panelist-7', { email: 'a@b.de' }))).status).toBe(400);
  await define(org, {}, { login: { pattern: '[a-z0-9-]+' } });
  expect((await org.call('POST', '/users', person('panelist-7', { email: 'a@b.de' }))).status).toBe(200);
  expect((await org.call('POST', '/users', person('panelist_8', { email: 'a@b.de' }))).status).toBe(400);
  await define(org, {}, { login: { pattern: '.+' } });
  expect((await org.call('POST', '/users', person('a/panelist', { email: 'a@b.de' }))).status).toBe(200);
  expect((await define(org, {}, { login: { pattern: '\\d{5}' } })).status).toBe(400);
});

test('a pattern that is none is refused, and the login keeps the one it has', async () => {
  const org = await startOrg();
  expect((await define(org, {}, { login: { pattern: '[z-a]+' } })).status).toBe(400);
  expect((await org.call('POST', '/users', person('ada@example.com'))).status).toBe(200);
});

test('a first and a last name can be made optional', async () => {
  const org = await startOrg();
  await define(org, {}, { firstName: { required: false }, lastName: { required: false } });
  const nameless = { profile: { login: 'ada@example.com', email: 'ada@example.com' } };
  expect((await org.call('POST', '/users', nameless)).status).toBe(200);
});

// Okta, Users API: get a user.
test('who has a slash in his login cannot be fetched by it, but searched for, when the org is as strict as Okta', async () => {
  const org = await startOrg({ fetchesSlashLogins: false });
  await create(org, 'a/panelist@example.com');
  expect((await org.call('GET', '/users/a%2Fpanelist@example.com')).status).toBe(404);
  const search = encodeURIComponent('profile.login eq "a/panelist@example.com"');
  expect((await org.call<UserBody[]>('GET', `/users?search=${search}`)).body).toHaveLength(1);
});
