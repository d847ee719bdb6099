import { operationNames } from '../../src/domain/operations.ts';
import { type Api, createWorld, type World } from '../support/world.ts';
import { BEARER } from './support.ts';

let world: World;
let api: Api;

beforeAll(async () => {
  world = await createWorld();
  delete (world.file.installations.werk as { admins?: unknown }).admins;
  api = await world.api();
});
afterAll(() => world.close());

const paths = (body: { errors: { path: string }[] }) => body.errors.map(({ path }) => path).sort();
const post = (payload: string, type = 'application/json') =>
  api.fastify.inject({
    method: 'POST',
    url: '/v1/migrations',
    headers: { ...BEARER, 'content-type': type },
    payload,
  });

test('the faults of query, header and body, of shape and of meaning, are named together', async () => {
  const answer = await api.fastify.inject({
    method: 'POST',
    url: '/v1/migrations?dry-run=1',
    headers: { ...BEARER, 'idempotency-key': 'two words' },
    payload: {
      installation: 'elsewhere',
      operation: 'create-everybody',
      selection: { ids: [1, 0, 'x'], first: 0, portal: 0, 'a/b~c': 1 },
      extra: true,
    },
  });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request', title: 'Bad Request' });
  expect(paths(answer.json())).toEqual([
    '/body/extra',
    '/body/installation',
    '/body/operation',
    '/body/selection/a~1b~0c',
    '/body/selection/first',
    '/body/selection/ids/1',
    '/body/selection/ids/2',
    '/body/selection/portal',
    '/headers/idempotency-key',
    '/query/dry-run',
  ]);
});

test('the faults of params and query are named together', async () => {
  const { status, body } = await api.get('/v1/migrations/seven/failures?limit=1001&after=-1&page=2');
  expect(status).toBe(400);
  expect(paths(body)).toEqual(['/params/id', '/query/after', '/query/limit', '/query/page']);
});

test('an option that the operation does not know is named, and one of another shape', async () => {
  const options = { mailsPerDay: 5, confirm: ['deactivate-removed'] };
  const { status, body } = await api.post({ installation: 'werk', operation: 'create-panelists', options });
  expect(status).toBe(400);
  expect(paths(body)).toEqual(['/body/options/confirm', '/body/options/mailsPerDay']);
  const misshapen = { mailsPerDay: 0, confirm: ['anything'], more: 1 };
  const again = await api.post({ installation: 'werk', operation: 'create-panelists', options: misshapen });
  expect(paths(again.body)).toEqual([
    '/body/options/confirm/0',
    '/body/options/mailsPerDay',
    '/body/options/more',
  ]);
});

test('every missing field is named', async () => {
  expect((await api.post({})).body.errors).toEqual([
    { path: '/body/installation', message: 'is missing' },
    { path: '/body/operation', message: 'is missing' },
  ]);
});

test('a fault says what is wanted', async () => {
  const { body } = await api.post({ installation: 'elsewhere', operation: 'migrate' });
  expect(body.errors).toEqual([
    { path: '/body/operation', message: `must be one of ${operationNames.join(', ')}` },
    { path: '/body/installation', message: 'is not configured; configured: werk' },
  ]);
});

test('an operation that the installation is not configured for is refused, and a portal of admins', async () => {
  const { body } = await api.post({
    installation: 'werk',
    operation: 'create-admins',
    selection: { portal: 1 },
  });
  expect(paths(body)).toEqual(['/body/operation', '/body/selection/portal']);
});

test.each(['__proto__', 'constructor', 'toString'])('%s is no installation', async (installation) => {
  const { status, body } = await api.post({ installation, operation: 'create-panelists' });
  expect([status, paths(body)]).toEqual([400, ['/body/installation']]);
});

test.each(['null', '[]', '"text"', '7'])('a body of %s is refused as no object', async (payload) => {
  expect((await post(payload)).json().errors).toEqual([{ path: '/body', message: 'must be object' }]);
});

test('of more than a hundred faults the first hundred are named', async () => {
  const { body } = await api.post({
    installation: 'werk',
    operation: 'create-panelists',
    selection: { ids: Array(250).fill('x') },
  });
  expect(body.errors).toHaveLength(100);
  expect(body.detail).toContain('the first 100 of 250');
});

test.each([
  ['malformed JSON', '{"installation', 400, 'malformed_json'],
  ['an empty body', '', 400, 'malformed_json'],
  ['a poisoned prototype', '{"__proto__": {"installation": "werk"}}', 400, 'malformed_json'],
  ['more than a mebibyte', `"${'x'.repeat(2 ** 20)}"`, 413, 'body_too_large'],
])('%s has a code of its own', async (_, payload, status, code) => {
  const answer = await post(payload);
  expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
});

test('a form is refused: only JSON is read', async () => {
  const answer = await post('installation=werk', 'application/x-www-form-urlencoded');
  expect([answer.statusCode, answer.json().code]).toEqual([415, 'unsupported_media_type']);
});

test('ten thousand ids of a selection are read', async () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => 2_000_000_000 + i);
  const { status, body } = await api.post({
    installation: 'werk',
    operation: 'create-panelists',
    selection: { ids },
  });
  expect([status, body.selection.ids.length]).toEqual([202, 10_000]);
});

test.each([
  ['/nowhere', 404, 'not_found'],
  ['/v1/migrations/999', 404, 'migration_not_found'],
  ['/v1/migrations/999/failures', 404, 'migration_not_found'],
  ['/v1/%zz', 400, 'bad_request'],
])('GET %s is answered with a problem document', async (url, status, code) => {
  const answer = await api.get(url);
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.body).toEqual({
    type: `urn:portage:problem:${code}`,
    title: status === 404 ? 'Not Found' : 'Bad Request',
    status,
    code,
    detail: expect.any(String),
  });
});

test('HEAD is GET without a body', async () => {
  const { statusCode, headers, body } = await api.fastify.inject({
    method: 'HEAD',
    url: '/v1/migrations',
    headers: BEARER,
  });
  expect([statusCode, headers['content-type'], body]).toEqual([200, 'application/json; charset=utf-8', '']);
});

test('OPTIONS allows no other origin', async () => {
  const { statusCode, headers } = await api.fastify.inject({
    method: 'OPTIONS',
    url: '/v1/migrations',
    headers: { ...BEARER, origin: 'https://evil.example', 'access-control-request-method': 'POST' },
  });
  expect(statusCode).toBe(404);
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('what nobody expected is answered without a word of SQL or code', async () => {
  const { body: started } = await api.post({
    installation: 'werk',
    operation: 'create-panelists',
    selection: { ids: [1] },
  });
  await world.ownRows('RENAME TABLE failures TO failures_away');
  const { status, headers, body } = await api.get(`/v1/migrations/${started.id}/failures`);
  await world.ownRows('RENAME TABLE failures_away TO failures');
  expect([status, headers['content-type']]).toEqual([500, 'application/problem+json; charset=utf-8']);
  expect(body).toMatchObject({ code: 'internal_error', title: 'Internal Server Error' });
  expect(JSON.stringify(body)).not.toMatch(/SELECT|ER_|failures|\.ts|node_modules/);
});
